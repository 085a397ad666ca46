"""Who got an issue: one line for each reader, with what the mail server said in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.core import sheets, states
from outreach.mail.replies import names_no_mailbox
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import choosing, lists
from outreach.subscribers.models import Subscriber

_D = Delivery.State
KINDS: dict[str, tuple[str, ...]] = {
    "all": tuple(_D.values),
    "sent": (_D.SENT,),
    "waiting": (_D.QUEUED, _D.CLAIMED, _D.DEFERRED),
    "refused": (_D.BOUNCED,),
    "doubt": (_D.UNKNOWN,),
    "stopped": (_D.SUPPRESSED,),
}
"""Parts of the readers of an issue, by how their mail fared."""
_GOES_ON = {Issue.State.SENDING, Issue.State.PAUSED}
_BATCH = 1_000


@dataclass(frozen=True)
class Part:
    """A part of a long list, told by the numbers of its first and last row: as quick at the end as in front.

    `before` and `after` are where the parts beside it begin; 0 where there is none.
    """

    rows: list[Delivery]
    before: int
    after: int


def find(issue: Issue, kind: str = "all", search: str = "") -> QuerySet[Delivery]:
    """The deliveries of `issue` of one of KINDS, to addresses that begin with `search`."""
    found = issue.deliveries.select_related("subscriber").order_by("id")
    if kind != "all":
        found = found.filter(state__in=KINDS[kind])
    if search:
        # Few people: found by their own index, not by going through the readers.
        people = Subscriber.objects.filter(address_key__startswith=search.lower())
        found = found.filter(subscriber__in=people.values("pk"))
    return found


def part(found: QuerySet[Delivery], after: int = 0, before: int = 0, size: int = 50) -> Part:
    """Those behind row `after`, or the last ones in front of row `before`."""
    if before:
        rows = list(found.filter(id__lt=before).order_by("-id")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Part(rows, rows[0].pk if more else 0, rows[-1].pk if rows else 0)
    rows = list(found.filter(id__gt=after)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Part(rows, rows[0].pk if rows and after else 0, rows[-1].pk if more else 0)


def words(delivery: Delivery, issue: Issue) -> str:
    """Why `delivery` is as it is, for somebody who reads no codes; "" where its state says it all."""
    if delivery.state == _D.BOUNCED:
        return _refused(delivery.reply)
    if delivery.state == _D.DEFERRED:
        return _("The mail server does not take it now; it is tried again.")
    if delivery.state == _D.SUPPRESSED:
        return _not_mailed(delivery, issue)
    if delivery.state == _D.UNKNOWN and issue.state in _GOES_ON:
        return _in_doubt(issue)
    if delivery.repeated:
        return _("It may have arrived twice.")
    if delivery.state == _D.SENT and delivery.handed_at and delivery.handed_at == delivery.sent_at:
        return _("Nobody knows whether it arrived; it is left so.")
    return ""


def export_csv(issue: Issue, kind: str = "all") -> Iterator[str]:
    """The lines of a CSV file (see core.sheets) in batches: neither memory nor a lock grows with the readers.

    In the language of who asks, also where the web server reads it after the page's language is gone.
    """
    return _in_language(get_language(), _csv(issue, kind))


def _in_language(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    while True:
        with translation.override(language):
            text = next(lines, "")
        if not text:
            return
        yield text


def _csv(issue: Issue, kind: str) -> Iterator[str]:
    heads = (_("E-mail"), _("State"), _("When"), _("Attempts"), _("Why"), _("The mail server said"))
    yield sheets.MARK + sheets.line(heads)
    last = 0
    while batch := list(find(issue, kind).filter(id__gt=last)[:_BATCH]):
        yield "".join(sheets.line(_cells(delivery, issue)) for delivery in batch)
        last = batch[-1].pk


def told(delivery: Delivery, issue: Issue) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "address": delivery.subscriber.address if delivery.subscriber else "",
        "state": delivery.state,
        "at": delivery.sent_at or delivery.due_at,
        "attempts": delivery.attempts,
        "repeated": delivery.repeated,
        "why": words(delivery, issue),
        "reply": delivery.reply,
    }


def _cells(delivery: Delivery, issue: Issue) -> tuple[str, ...]:
    known = told(delivery, issue)
    at: datetime = known["at"]
    state = str(states.word(known["state"]))
    when = at.isoformat(timespec="seconds")
    return known["address"], state, when, str(known["attempts"]), known["why"], known["reply"]


def _refused(reply: str) -> str:
    if names_no_mailbox(reply):
        return _("The mail server refuses this address.")
    return _("The mail server did not take it: %(reply)s") % {"reply": reply} if reply else ""


def _in_doubt(issue: Issue) -> str:
    if issue.newsletter.on_unknown == issue.newsletter.OnUnknown.LEAVE:
        return _("Nobody knows whether it arrived; it is left so.")
    return _("It will be sent again.")


def _not_mailed(delivery: Delivery, issue: Issue) -> str:
    reader = delivery.subscriber
    if reader is None:
        return ""
    if reader.state in lists.UNREACHABLE:
        return _("This address is never mailed again.")
    if issue.state == Issue.State.CANCELLED and reader.state == Subscriber.State.CONFIRMED:
        return _("The issue was cancelled.")
    if choosing.paused(reader):
        return _("This person takes a break from newsletters.")
    return _("This person left meanwhile.")
