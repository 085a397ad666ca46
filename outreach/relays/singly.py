"""Mails that are sent one at a time: claim, commit, send, record. Each sort says what it does in doubt.

`handed_at` is committed before a message may leave. Of a worker that died after that, or a connection that
broke after the final dot, nobody knows whether the message arrived: by the sort's `Doubt` it is left so, or
sent once more. Of one that died before, the row is taken again when its lease ends, and nothing was sent.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from outreach.core import leases
from outreach.core.errors import OutreachError
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.mail.base import Letter, Outcome, Relay, RelayDown, Verdict
from outreach.relays import using
from outreach.relays.models import SingleMail
from outreach.relays.signing import build

log = structlog.get_logger(__name__)

_State = SingleMail.State
_OPEN = ("queued", "sending")  # as the rows' partial index has them
# Longer than the mail server may take for one message (see outreach.mail.connecting.Timeouts).
_LEASE = timedelta(minutes=8)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_GIVE_UP_AFTER = timedelta(days=3)
_LOST = N_("The connection broke while it was being sent. It may have arrived, so it is not sent again.")

_Mail = TypeVar("_Mail", bound=SingleMail)


class Doubt(Enum):
    """What becomes of a mail that may have arrived, and may not."""

    LEAVE = "never a second one"
    REPEAT = "once more, marked as repeated; never a third"


def _always(now: datetime) -> bool:
    return True


def _blameless(row: SingleMail, outcome: Outcome, now: datetime) -> Sentence:
    return say(N_("The mail server refuses this address."))


@dataclass(frozen=True)
class Sort(Generic[_Mail]):
    """One sort of single mails. What it says of a row is said of one that this worker holds."""

    name: str  # in the log
    rows: type[_Mail]
    letter: Callable[[_Mail], Letter]  # raises OutreachError: it is tried again later
    doubt: Doubt
    # Why it is not to be sent any more; NOTHING when it is.
    needless: Callable[[_Mail], Sentence]
    # Whether any may leave now.
    may_leave: Callable[[datetime], bool] = _always
    # The server refused it for good: writes down what follows, and says why.
    refused: Callable[[_Mail, Outcome, datetime], Sentence] = _blameless
    beside: tuple[str, ...] = ()  # rows that are read with it


def send_one(sort: Sort[_Mail], now: datetime) -> bool:
    """Send one mail that is due. False when there is none, none may leave now, or the mail server is away."""
    relay = using.relay_or_none()
    row = sort.rows._default_manager.filter(_due(now)).order_by("due_at", "pk").first() if relay else None
    if relay is None or row is None or not sort.may_leave(now):
        return False
    due = _rows(row).filter(_due(now))
    claim = leases.claim(due, now, paced(_LEASE), state=_State.SENDING, attempts=F("attempts") + 1)
    if not claim:
        return True  # somebody else was first; there may be more
    taken = sort.rows._default_manager.select_related(*sort.beside).get(pk=row.pk)
    if over := _over(sort, taken, now):
        leases.settle(_rows(taken), claim, **over)
        return True
    return _send(sort, relay, taken, claim, now)


def send_test(letter: Letter) -> None:
    """Send `letter` now, marked as a test, for somebody who waits for the answer.

    Raises BadInput, or OutreachError in the server's words.
    """
    mark = secrets.token_hex(8)
    marked = replace(
        letter,
        subject=f"[Test] {letter.subject}",
        message_id=f"<test.{mark}@{settings.MAIL_FROM.rpartition('@')[2]}>",
        headers={"Auto-Submitted": "auto-generated"},
        envelope_from=settings.MAIL_FROM,
    )
    message = build(marked)
    with using.relay().session() as session:
        outcome = session.send(marked.envelope_from, marked.to_address, message)
    if outcome.verdict is Verdict.UNKNOWN:
        raise OutreachError(say(N_("The connection broke at the end: look whether the test mail arrived.")))
    if outcome.verdict is not Verdict.ACCEPTED:
        words = N_("The mail server did not take it: %(reply)s")
        raise OutreachError(say(words, reply=outcome.reply))


def _due(now: datetime) -> Q:
    return leases.free(now) & leases.among("state", _OPEN) & Q(due_at__lte=now)


def _rows(row: _Mail) -> QuerySet[_Mail]:
    return type(row)._default_manager.filter(pk=row.pk)


def _over(sort: Sort[_Mail], row: _Mail, now: datetime) -> dict[str, object]:
    """How `row` ends without being sent; {} when it is to be sent."""
    if row.handed_at and (sort.doubt is Doubt.LEAVE or row.repeated):
        return _left_in_doubt(sort, row.handed_at)
    if why := sort.needless(row):
        return {"state": _State.CANCELLED, "reason": why}
    if now - row.created_at > _GIVE_UP_AFTER:
        return {"state": _State.CANCELLED, "reason": say(N_("It could not be sent for three days."))}
    return {}


def _send(sort: Sort[_Mail], relay: Relay, row: _Mail, claim: str, now: datetime) -> bool:
    again = row.repeated or row.handed_at is not None
    try:
        letter = sort.letter(row)
        message = build(letter)
        with relay.session() as session:
            if not _rows(row).filter(claim=claim).update(handed_at=now, repeated=again):
                return True  # our lease ran out: the row is another's
            outcome = session.send(letter.envelope_from, letter.to_address, message)
    except OutreachError as error:  # RelayDown, or something that makes no letter: nothing left
        leases.settle(_rows(row), claim, **_later(row, now), reason=error.sentence)
        log.warning("single-mail-waits", sort=sort.name, id=row.pk, why=str(error))
        return not isinstance(error, RelayDown)  # what is wrong with one letter holds up no other
    row.repeated = again
    with transaction.atomic():  # the row and what follows from a refusal, or neither
        recorded = _recorded(sort, row, outcome, now)
        mine = leases.settle(_rows(row), claim, reply=outcome.reply[:1000], **recorded)
        transaction.set_rollback(not mine)
    log.info("single-mail", sort=sort.name, id=row.pk, verdict=outcome.verdict.value)
    return True


def _recorded(sort: Sort[_Mail], row: _Mail, outcome: Outcome, now: datetime) -> dict[str, object]:
    """What the row says after `outcome`."""
    if outcome.verdict is Verdict.ACCEPTED:
        return {"state": _State.SENT, "sent_at": now, "reason": NOTHING}
    if outcome.verdict is Verdict.UNKNOWN:
        return _in_doubt(sort, row, now)
    if outcome.verdict in {Verdict.REFUSED, Verdict.GONE}:
        return {"state": _State.REFUSED, "reason": sort.refused(row, outcome, now)}
    return _later(row, now) | {"reason": say(N_("The mail server does not take it now; it is tried again."))}


def _in_doubt(sort: Sort[_Mail], row: _Mail, now: datetime) -> dict[str, object]:
    if sort.doubt is Doubt.LEAVE or row.repeated:
        return _left_in_doubt(sort, now)
    sentence = say(N_("The connection broke while it was being sent; it is sent once more."))
    return _later(row, now) | {"handed_at": now, "reason": sentence}


def _left_in_doubt(sort: Sort[_Mail], handed_at: datetime) -> dict[str, object]:
    if sort.doubt is Doubt.LEAVE:
        return {"state": _State.UNKNOWN, "reason": say(_LOST)}
    return {"state": _State.SENT, "sent_at": handed_at, "reason": NOTHING}  # of two, one will have arrived


def _later(row: SingleMail, now: datetime) -> dict[str, object]:
    """It did not leave."""
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 10), _LONGEST_WAIT)
    return {"state": _State.QUEUED, "due_at": now + paced(wait), "handed_at": None}
