"""`outreach issue watch`, `deliveries` and `retry`: seeing an issue go out."""

import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.cli import output
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

if TYPE_CHECKING:
    from outreach.newsletters.models import Issue
    from outreach.newsletters.sending import Progress

EVERY = 2.0
"""Seconds between two looks."""


def watch(issue: "Issue", *, once: bool = False) -> None:
    """Show a bar until nothing moves any more, or with `once` (and for a machine) how far it is now."""
    from outreach.newsletters import sending

    if once or output.wants_json() or not _is_moving(issue):
        return _say(issue, sending.progress(issue))
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    with Bar(*columns) as bar:
        task = bar.add_task("", total=None)
        for found in _looks(issue):
            line = f"{_line(found)} {found.waiting_for}".strip()
            bar.update(task, total=found.total or None, completed=found.done, description=line)
    return _say(issue, sending.progress(issue))


def deliveries(issue: "Issue", which: str, *, as_csv: bool, most: int) -> None:
    """A table, or all as CSV. Raises BadInput for `which`."""
    from outreach.newsletters.sending import readers

    if which not in readers.KINDS:
        words = N_("“%(which)s” is no outcome; write one of: %(known)s.")
        raise BadInput(say(words, which=which, known=", ".join(readers.KINDS)), "which")
    if as_csv:
        for text in readers.export_csv(issue, which):
            sys.stdout.write(text)
        return
    rows = (readers.told(row, issue) for row in islice(readers.find(issue, which).iterator(), most))
    heads = {"address": _("Address"), "state": _("State"), "at": _("When"), "attempts": _("Attempts")}
    output.rows(rows, heads | {"why": _("Why"), "reply": _("The mail server said")}, _("Nobody here"))


def retry(issue: "Issue", addresses: list[str], *, gone_too: bool) -> None:
    """Raises BadInput for an address to which nothing failed, OutreachError when nothing can be tried."""
    from outreach.newsletters.sending import retrying

    rows = [_failed(issue, address) for address in addresses] or None
    count = retrying.retry(issue, rows, gone_too=gone_too)
    words = ngettext("%(count)s mail is tried again.", "%(count)s mails are tried again.", count)
    output.done(words % {"count": count}, count=count)


def _failed(issue: "Issue", address: str) -> int:
    from outreach.newsletters.sending import retrying

    row = retrying.can(issue).filter(subscriber__address_key=address.strip().lower()).first()
    if row is None:
        words = N_("Nothing that can be tried again was mailed to %(address)s.")
        raise BadInput(say(words, address=address), "address")
    return row.pk


def _looks(issue: "Issue") -> Iterator["Progress"]:
    """How far it is, every two seconds, until it moves no more."""
    from outreach.newsletters import sending

    while _is_moving(issue):
        yield sending.progress(issue)
        time.sleep(EVERY)
        issue.refresh_from_db()


def _is_moving(issue: "Issue") -> bool:
    return issue.state in (issue.State.APPROVED, issue.State.SENDING)


def _line(found: "Progress") -> str:
    from outreach.newsletters.sending import counting

    # What it waits for says itself how long.
    pace = "" if found.waiting_for else counting.pace_in_words(found)
    return f"{counting.in_words(found)} {pace}".strip()


def _say(issue: "Issue", found: "Progress") -> None:
    if output.wants_json():
        return output.machine({"id": issue.pk, "state": issue.state, "reason": issue.reason, **vars(found)})
    output.state(issue.state, str(issue.reason))
    print(_line(found))
    names = {
        _("Sent"): found.sent,
        _("Still to go"): found.queued,
        _("Tried again later"): found.deferred,
        _("Did not arrive"): found.bounced,
        _("Not sure yet"): found.unknown,
        _("Not mailed"): found.suppressed,
        _("Perhaps twice"): found.repeated,
    }
    return output.facts({name: str(number) for name, number in names.items() if number})
