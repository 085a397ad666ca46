"""What a delivery becomes after the mail server has answered."""

from datetime import datetime, timedelta
from typing import Any

from outreach.core.pace import paced
from outreach.mail.base import Outcome, Verdict
from outreach.mail.replies import names_no_mailbox
from outreach.newsletters.models import Delivery
from outreach.subscribers import bounces
from outreach.subscribers.models import Bounce

_State = Delivery.State
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
_GIVE_UP_AFTER = timedelta(days=3)
# A server that took the mail and lost its answer has it by then; a duplicate is dropped by its Message-ID.
_BEFORE_A_REPEAT = timedelta(minutes=5)


def recorded(row: Delivery, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of `row` after `outcome`, without the reply. ABOUT_US is no row's outcome."""
    if outcome.verdict is Verdict.ACCEPTED or (outcome.verdict is Verdict.UNKNOWN and row.repeated):
        return {"state": _State.SENT, "sent_at": now}
    if outcome.verdict is Verdict.UNKNOWN:
        return {"state": _State.UNKNOWN, "due_at": now + paced(_BEFORE_A_REPEAT)}  # handed_at stays
    if outcome.verdict is Verdict.DEFERRED and now - _began(row, now) < _GIVE_UP_AFTER:
        return {"state": _State.DEFERRED, "handed_at": None, "due_at": now + _wait(row.attempts)}
    return {"state": _State.BOUNCED, "handed_at": None}


def blame(row: Delivery, outcome: Outcome) -> None:
    """Write a refusal down with the reader: a mailbox that does not exist gets no more mail."""
    if row.subscriber is not None:
        hard = outcome.verdict is Verdict.REFUSED and names_no_mailbox(outcome.reply)
        kind = Bounce.Kind.HARD if hard else Bounce.Kind.SOFT
        bounces.note_refusal(row.subscriber, outcome.reply, kind)


def _began(row: Delivery, now: datetime) -> datetime:
    return row.issue.started_at or now


def _wait(attempts: int) -> timedelta:
    return paced(min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT))
