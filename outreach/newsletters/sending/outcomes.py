"""What a delivery becomes after the mail server has answered, or did not."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Value, When

from outreach.core.pace import paced
from outreach.mail.base import Outcome, Verdict
from outreach.mail.replies import reason_of
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending.picking import Row
from outreach.subscribers import bounces
from outreach.subscribers.models import Bounce, Subscriber

_State = Delivery.State
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360))
_JITTER = 0.1
# Of an issue that was paused for long, a mailbox that greylists us takes the mail at the second attempt.
_LEAST_ATTEMPTS = 3
# A server that took the mail and lost its answer has it by then; a duplicate is dropped by its Message-ID.
_BEFORE_A_REPEAT = timedelta(minutes=5)


def recorded(row: Row, outcome: Outcome, issue: Issue, now: datetime) -> dict[str, Any]:
    """The columns of `row` after `outcome`. An objection to us that comes to here is no reason to stop."""
    words = {"reply": kept(outcome.reply), "attempts": row.attempts + 1}
    if outcome.verdict is Verdict.UNKNOWN:
        return words | unknown(row, now)
    words["repeated"] = _is_repeated(row)
    if outcome.verdict is Verdict.ACCEPTED:
        return words | {"state": _State.SENT, "sent_at": now}
    if outcome.verdict is Verdict.DEFERRED and (again := _again(row, issue, now)):
        return words | {"state": _State.DEFERRED, "handed_at": None, "due_at": again}
    return words | {"state": _State.BOUNCED, "handed_at": None}


def kept(reply: str) -> Case:
    """`reply` for a row, without whom it was for: nothing when they were forgotten while it was under way."""
    return Case(When(subscriber=None, then=Value("")), default=Value(reply[:1000]))


def unknown(row: Row, now: datetime) -> dict[str, Any]:
    """It may have arrived: sent once more after some minutes. After the second time it counts as sent."""
    if _is_repeated(row):
        return {"state": _State.SENT, "sent_at": now, "repeated": True}
    return {"state": _State.UNKNOWN, "handed_at": now, "due_at": now + paced(_BEFORE_A_REPEAT)}


def blame(row: Row, outcome: Outcome) -> None:
    """Write a refusal down with the reader: a mailbox that does not exist gets no more mail."""
    person = Subscriber.objects.filter(pk=row.subscriber_id or 0).first()
    if person is not None:
        bounces.note_refusal(person, outcome.reply, _kind(outcome), reason_of(outcome))


def _kind(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.ABOUT_US:
        return Bounce.Kind.ABOUT_US
    return Bounce.Kind.HARD if outcome.verdict is Verdict.GONE else Bounce.Kind.SOFT


def _is_repeated(row: Row) -> bool:
    """It was in doubt once, so with this attempt it may have arrived twice."""
    return row.repeated or row.handed_at is not None


def _again(row: Row, issue: Issue, now: datetime) -> datetime | None:
    """When to try again; None when it has been tried for long enough."""
    ends = (issue.started_at or now) + timedelta(hours=issue.newsletter.max_age_hours)
    attempt = row.attempts + 1
    if now >= ends and attempt >= _LEAST_ATTEMPTS:
        return None
    spread = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (spreads load, keeps no secret)
    again = now + paced(_WAITS[min(attempt, len(_WAITS)) - 1] * spread)
    return min(again, ends) if now < ends else again
