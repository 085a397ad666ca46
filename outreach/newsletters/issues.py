"""The doors of an issue's life, from its slot to its last mail."""

from outreach.newsletters.adding import put_in
from outreach.newsletters.approving import approve, cancel, findings, fingerprint, pause, reopen, resume
from outreach.newsletters.arranging import lead_with, lead_with_newest, lead_with_none, move_down, move_up
from outreach.newsletters.editing import add_text, change, change_text, leave_out, put_back, version
from outreach.newsletters.opening import make_now, open_one, write_letter
from outreach.newsletters.sending.letters import send_test
from outreach.newsletters.viewing import in_browser, preview
from outreach.newsletters.waiting import hold, release

__all__ = [
    "add_text",
    "approve",
    "cancel",
    "change",
    "change_text",
    "findings",
    "fingerprint",
    "hold",
    "in_browser",
    "lead_with",
    "lead_with_newest",
    "lead_with_none",
    "leave_out",
    "make_now",
    "move_down",
    "move_up",
    "open_one",
    "pause",
    "preview",
    "put_back",
    "put_in",
    "release",
    "reopen",
    "resume",
    "send_test",
    "version",
    "write_letter",
]
