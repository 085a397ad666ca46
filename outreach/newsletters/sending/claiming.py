"""Taking a chunk of an issue's deliveries, keeping it, and giving back what was not begun.

Once claimed, a row counts as handed over to its worker: when the lease ends and no journal says otherwise, it
may have arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from outreach.core import clock, leases
from outreach.core.pace import paced
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending import journal, picking
from outreach.newsletters.sending.journal import Journal
from outreach.newsletters.sending.picking import WAITING, Row

_State = Delivery.State
LEASE = timedelta(minutes=4)
"""Renewed each minute. Nothing new is begun in its last quarter."""
_NOBODY = {"claim": "", "lease_until": None}


@dataclass
class Claim:
    """A chunk of rows that are ours until the lease ends."""

    token: str
    journal: Journal
    rows: dict[int, Row] = field(default_factory=dict)  # those that are not settled
    renewed: float = 0.0  # on the clock of `journal.moment`


def due(issue: Issue, now: datetime) -> QuerySet[Delivery]:
    """What is to go out of `issue` now."""
    rows = Delivery.objects.filter(leases.among("state", WAITING), issue=issue, due_at__lte=now)
    if issue.newsletter.on_unknown == issue.newsletter.OnUnknown.LEAVE:
        rows = rows.exclude(state=_State.UNKNOWN)
    return rows


def claim(issue: Issue, most: int) -> Claim | None:
    """Take up to `most` rows of `issue`; None when there are none, or when it is not going out any more.

    Who does not hear of it any more is settled at once. Raises OutreachError when no journal can be written.
    """
    taken = Claim("", journal.begin())
    taken.token = taken.journal.token
    try:
        _take(taken, issue, most)
    except BaseException:
        taken.journal.close()  # if it was committed all the same, the journal says that nothing was begun
        raise
    if not taken.rows:
        taken.journal.remove()
    return taken if taken.rows else None


def renew(mine: Claim, now: datetime) -> bool:
    """Keep the rows for another lease. False when they are another's now, or when all are settled."""
    asked = journal.moment()
    until = now + paced(LEASE)
    rows = claimed(mine.token)
    if not rows.update(lease_until=until):
        return False
    _runs_from(mine, asked)
    return True


def needs_renewal(mine: Claim) -> bool:
    """Whether a quarter of the lease is over."""
    return journal.moment() - mine.renewed > paced(LEASE).total_seconds() / 4


def claimed(token: str) -> QuerySet[Delivery]:
    """The rows that are still held by the claim `token`."""
    return Delivery.objects.filter(leases.among("state", (_State.CLAIMED,)), claim=token)


def give_back(token: str, keys: Iterable[int], issue: int, due_at: datetime | None = None) -> int:
    """These were never begun: they are what they were before, or suppressed when the issue was cancelled.

    `due_at`: not before then. Returns how many there were.
    """
    with transaction.atomic():
        cancelled = is_cancelled(issue)
        rows = claimed(token).filter(pk__in=list(keys))
        later: dict[str, Any] = {"due_at": due_at} if due_at else {}
        doubtful = rows.filter(handed_at__isnull=False).update(state=_State.UNKNOWN, **later, **_NOBODY)
        state = _State.SUPPRESSED if cancelled else _State.QUEUED
        return doubtful + rows.update(state=state, **later, **_NOBODY)


def is_cancelled(issue: int) -> bool:
    """With the issue locked until the transaction ends: whoever cancels it comes before or after."""
    rows = Issue.objects.select_for_update().filter(pk=issue)
    return Issue.State.CANCELLED in rows.values_list("state", flat=True)


def _take(mine: Claim, issue: Issue, most: int) -> None:
    now, asked = clock.now(), journal.moment()
    with transaction.atomic():
        # Two statements: on SQLite the transaction excludes others (IMMEDIATE), elsewhere the row locks do.
        rows = picking.pick(issue, now, most)
        if not rows:
            return
        _mark([row.pk for row in rows], mine.token, now + paced(LEASE))
        mine.rows = {row.pk: row for row in rows if _is_to_go(row)}
        if len(mine.rows) < len(rows):
            _settle_those_without_mail(mine.token, rows)
    _runs_from(mine, asked)


def _mark(keys: list[int], token: str, until: datetime) -> None:
    """They are ours now. As one statement of numbers: the ORM takes as long over them as the sending does."""
    numbers, lease = ",".join(map(str, keys)), connection.ops.adapt_datetimefield_value(until)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Delivery._meta.db_table} SET state='claimed', claim=%s, lease_until=%s"  # noqa: S608
            f" WHERE id IN ({numbers})",
            [token, lease],
        )


def _is_to_go(row: Row) -> bool:
    return row.hears and not _was_tried_twice(row)


def _was_tried_twice(row: Row) -> bool:
    """Handed over twice, and twice nobody knows: a third time would be worse than a doubt."""
    return row.handed_at is not None and row.repeated


def _settle_those_without_mail(token: str, rows: list[Row]) -> None:
    over = [row for row in rows if not _is_to_go(row)]
    left = [row.pk for row in over if row.handed_at is None]
    # Perhaps it was this very mail by whose link they left.
    doubtful = [row.pk for row in over if row.handed_at is not None]
    if left:
        claimed(token).filter(pk__in=left).update(state=_State.SUPPRESSED, **_NOBODY)
    if doubtful:
        claimed(token).filter(pk__in=doubtful).update(state=_State.SENT, sent_at=F("handed_at"), **_NOBODY)


def _runs_from(mine: Claim, asked: float) -> None:
    mine.renewed = asked
    mine.journal.until = asked + paced(LEASE).total_seconds() * 3 / 4


def ended(now: datetime) -> list[str]:
    """Claims whose lease is over."""
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + leases.LONGEST) | Q(lease_until__isnull=True)
    rows = Delivery.objects.filter(over, leases.among("state", (_State.CLAIMED,)))
    return list(rows.values_list("claim", flat=True).distinct()[:100])
