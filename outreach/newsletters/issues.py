"""The doors of an issue's life, from its slot to its last mail."""

from outreach.newsletters.approving import approve, cancel, findings, fingerprint, pause, reopen, resume
from outreach.newsletters.editing import change, leave_out, move_down, move_up, put_back
from outreach.newsletters.opening import make_now, open_one
from outreach.newsletters.sending.letters import send_test
from outreach.newsletters.viewing import in_browser, preview
from outreach.newsletters.waiting import hold, release

__all__ = [
    "approve",
    "cancel",
    "change",
    "findings",
    "fingerprint",
    "hold",
    "in_browser",
    "leave_out",
    "make_now",
    "move_down",
    "move_up",
    "open_one",
    "pause",
    "preview",
    "put_back",
    "release",
    "reopen",
    "resume",
    "send_test",
]
