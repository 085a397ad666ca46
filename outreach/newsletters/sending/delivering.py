"""Mailing an issue: claim, commit, hand over, record; and knowing how far it is.

A row says `handed_at` before its mail may leave. So of a worker that died, or a connection that broke after
the final dot, we know which mails may have arrived: those, and only those, are sent once more with the same
Message-ID and marked as repeated. None is lost, and none goes out a third time.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from outreach.core import clock, leases
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.mail.base import Outcome, Relay, RelayDown, Session, Verdict
from outreach.mail.building import build
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending import outcomes
from outreach.newsletters.sending.finishing import OPEN, finish_one
from outreach.newsletters.sending.letters import Letters
from outreach.relays.using import relay_or_none
from outreach.subscribers import lists

log = structlog.get_logger(__name__)

_State = Delivery.State
_BATCH = 50
_BOX_SECONDS = 10.0
# The box, and the longest that the mail server may take for one message (outreach.mail.connecting.Timeouts).
_LEASE = timedelta(minutes=8)
_AWAY = timedelta(minutes=1)


def deliver_some(now: datetime) -> bool:
    """Mail some deliveries that are due, or close an issue that is through. False when there is neither."""
    relay = relay_or_none()
    if relay is None:
        return False
    due = Delivery.objects.filter(_due(now)).order_by("due_at", "pk")
    found = list(due.values_list("pk", flat=True)[:_BATCH])
    if not found:
        return finish_one(now)
    rows, claim = _take(found, now)
    if not rows:
        return True  # somebody else was first; there may be more
    try:
        return _deliver(relay, rows, claim)
    finally:
        # What the box left over, and what an error left behind, does not wait for its lease.
        _let_go(claim)


def _due(now: datetime) -> Q:
    still_open = leases.free(now) & leases.among("state", OPEN)
    return still_open & Q(due_at__lte=now, issue__state=Issue.State.SENDING)


def _take(found: list[int], now: datetime) -> tuple[list[Delivery], str]:
    """Those of `found` that nobody took meanwhile."""
    free = Delivery.objects.filter(_due(now), pk__in=found)
    claim = leases.claim(free, now, paced(_LEASE), state=_State.CLAIMED)
    if not claim:
        return [], ""
    rows = Delivery.objects.filter(claim=claim).select_related("issue__newsletter", "subscriber")
    return list(rows.order_by("due_at", "pk")), claim


def _deliver(relay: Relay, rows: list[Delivery], claim: str) -> bool:
    ends = time.monotonic() + _BOX_SECONDS
    letters: dict[int, Letters] = {}
    try:
        with relay.session() as session:
            for row in rows:
                if time.monotonic() > ends:
                    break
                made = letters.setdefault(row.issue_id, Letters(row.issue))
                if not _one(session, made, row, claim):
                    break
    except RelayDown as error:
        _wait_for_the_server(rows, claim, error.sentence)
        return False
    _server_is_there(rows)
    return True


def _one(session: Session, letters: Letters, row: Delivery, claim: str) -> bool:
    """Deliver one row. False when the rest of the batch is not to go now."""
    if settled := _without_sending(row):
        return leases.settle(_rows(row), claim, **settled)
    try:
        letter = letters.to(row.subscriber)  # type: ignore[arg-type]
        message = build(letter)
    except OutreachError as error:  # a setting that makes no letter is no reader's fault
        return _stop_issue(row, claim, error.sentence, "")
    before = {"handed_at": row.handed_at, "repeated": row.repeated}
    if not _hand_over(row, claim):
        return False
    try:
        outcome = session.send(letter.envelope_from, letter.to_address, message)
    except RelayDown:  # nothing of it left
        _rows(row).filter(claim=claim).update(**before)
        raise
    if outcome.verdict is Verdict.ABOUT_US:
        words = N_("The mail server objects to our mail: “%(reply)s”. Mend that, then go on sending.")
        return _stop_issue(row, claim, say(words, reply=outcome.reply), outcome.reply)
    return _record(row, claim, outcome)


def _without_sending(row: Delivery) -> dict[str, object]:
    """What the row becomes when no mail is to leave for it."""
    if row.subscriber is None or not lists.hears(row.subscriber, row.issue.newsletter.topic):
        return {"state": _State.SUPPRESSED}
    if row.handed_at and row.repeated:
        # Handed over twice, and twice nobody knows: a third time would be worse than a doubt.
        return {"state": _State.SENT, "sent_at": row.handed_at}
    return {}


def _hand_over(row: Delivery, claim: str) -> bool:
    """Commit that the mail may leave from now on. False when the issue was stopped, or the lease was lost."""
    rows = _rows(row).filter(claim=claim, issue__state=Issue.State.SENDING)
    row.repeated = row.repeated or row.handed_at is not None
    row.attempts += 1
    return bool(rows.update(handed_at=clock.now(), repeated=row.repeated, attempts=row.attempts, reply=""))


def _record(row: Delivery, claim: str, outcome: Outcome) -> bool:
    with transaction.atomic():
        changes = outcomes.recorded(row, outcome, clock.now())
        mine = leases.settle(_rows(row), claim, reply=outcome.reply[:1000], **changes)
        if mine and changes["state"] == _State.BOUNCED:
            outcomes.blame(row, outcome)
    return mine


def _stop_issue(row: Delivery, claim: str, why: Sentence, raw: str) -> bool:
    """Pause the whole issue: what is wrong is wrong for every reader. Always False."""
    with transaction.atomic():
        leases.settle(_rows(row), claim, state=_State.QUEUED, handed_at=None, reply=raw[:1000])
        rows = Issue.objects.filter(pk=row.issue_id, state=Issue.State.SENDING)
        if rows.update(state=Issue.State.PAUSED, reason=why):
            record(row.issue, why, "trouble", raw=raw)
    return False


def _wait_for_the_server(rows: list[Delivery], claim: str, why: Sentence) -> None:
    """Nothing left: nobody's attempt, no row's fault. All come again in a minute, for as long as it takes."""
    again = clock.now() + paced(_AWAY)
    _mine(claim).update(due_at=again)
    issues = Issue.objects.filter(pk__in={row.issue_id for row in rows}, state=Issue.State.SENDING)
    for issue in issues:
        if issue.reason != why:
            Issue.objects.filter(pk=issue.pk).update(reason=why)
            record(issue, why, "warning")
    log.warning("mail-server-away", why=str(why))


def _server_is_there(rows: list[Delivery]) -> None:
    issues = Issue.objects.filter(pk__in={row.issue_id for row in rows}, state=Issue.State.SENDING)
    issues.exclude(reason={}).update(reason=NOTHING)


def _let_go(claim: str) -> None:
    """What was not handed over is queued again; what may have left is in doubt, and so it says."""
    free = {"claim": "", "lease_until": None}
    _mine(claim).filter(handed_at=None).update(state=_State.QUEUED, **free)
    _mine(claim).update(state=_State.UNKNOWN, **free)


def _rows(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk)


def _mine(claim: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(claim=claim, state=_State.CLAIMED)
