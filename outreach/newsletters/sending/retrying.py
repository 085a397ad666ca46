"""Trying again what the mail server refused or put off, when staff ask for it."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say, say_many
from outreach.mail.replies import names_no_mailbox
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import lists

_State = Delivery.State
FAILED = (_State.BOUNCED, _State.DEFERRED)
OPEN_TO_IT = (Issue.State.SENT, Issue.State.SENDING, Issue.State.PAUSED)
_BATCH = 500


def can(issue: Issue) -> QuerySet[Delivery]:
    """What failed, to who receives the newsletter still: not who left or is never mailed again."""
    people = lists.recipients(issue.newsletter.topic).values("pk")
    return issue.deliveries.filter(state__in=FAILED, subscriber__in=people)


def numbers(issue: Issue) -> tuple[int, int]:
    """How many refused ones can be tried again; and how many of other ones, whose mailbox does not exist."""
    replies = can(issue).filter(state=_State.BOUNCED).values_list("reply", flat=True)
    gone = sum(names_no_mailbox(reply) for reply in replies.iterator(chunk_size=_BATCH))
    return replies.count() - gone, gone


def retry(
    issue: Issue, chosen: Collection[int] | None = None, *, gone_too: bool = False, by: Any = None
) -> int:
    """Queue what failed once more, with as many attempts as the first time. Returns how many.

    Of `chosen` rows only, or of all that were refused. A mailbox that the server says does not exist is left
    alone, unless `gone_too`. Raises OutreachError when the issue is not to go out, or when there is none.
    """
    with transaction.atomic():
        # The issue first, and in one commit with the rows: whoever closes it comes before or after.
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.state == Issue.State.SENT:
            Issue.objects.filter(pk=row.pk).update(state=Issue.State.SENDING)
        if row.state not in OPEN_TO_IT:
            raise OutreachError(say(N_("This is not possible any more: look at the state of the issue.")))
        count = sum(_queue(batch) for batch in _batches(_asked(issue, chosen), gone_too))
        if not count:
            raise OutreachError(say(N_("There is nothing that can be tried again.")))
        words = say_many("%(count)s mail is tried again.", "%(count)s mails are tried again.", count)
        record(issue, words, actor=by)
    issue.refresh_from_db()
    return count


def _asked(issue: Issue, chosen: Collection[int] | None) -> QuerySet[Delivery]:
    rows = can(issue)
    return rows.filter(state=_State.BOUNCED) if chosen is None else rows.filter(pk__in=chosen)


def _batches(rows: QuerySet[Delivery], gone_too: bool) -> Iterator[list[int]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "reply")[:_BATCH]):
        yield [pk for pk, reply in batch if gone_too or not names_no_mailbox(reply)]
        last = batch[-1][0]


def _queue(batch: list[int]) -> int:
    rows = Delivery.objects.filter(pk__in=batch, state__in=FAILED)
    return rows.update(
        state=_State.QUEUED, due_at=clock.now(), attempts=0, handed_at=None, claim="", lease_until=None
    )
