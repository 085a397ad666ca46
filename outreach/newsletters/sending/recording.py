"""Writing down what became of the mails of a claim, some at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import connection, transaction

from outreach.core import clock
from outreach.mail.base import Outcome, Verdict
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending import outcomes
from outreach.newsletters.sending.claiming import claimed, is_cancelled
from outreach.newsletters.sending.picking import Row

T = TypeVar("T")
_State = Delivery.State
BATCH = 250
"""Results in one transaction."""


class Result(NamedTuple):
    """What the server answered for one row."""

    token: str  # the claim that holds the row
    row: Row
    outcome: Outcome


def record(issue: Issue, results: Sequence[Result]) -> int:
    """Commit `results`, each where its row is still held by its claim. Returns how many were.

    Safe to repeat: a row that has moved on is left alone.
    """
    plain: dict[str, list[Result]] = defaultdict(list)
    others = []
    for result in results:
        if result.outcome.verdict is Verdict.ACCEPTED and result.row.handed_at is None:
            plain[result.token].append(result)
        else:
            others.append(result)
    with transaction.atomic():
        done = sum(_sent(token, some) for token, some in plain.items())
        if others:
            cancelled = is_cancelled(issue.pk)
            done += sum(_other(issue, result, cancelled=cancelled) for result in others)
    return done


def _sent(token: str, results: list[Result]) -> int:
    """One statement for all that were accepted; both databases read it."""
    places = ",".join(["(CAST(%s AS bigint),%s)"] * len(results))
    words = [word for one in results for word in (one.row.pk, one.outcome.reply[:1000])]
    table = Delivery._meta.db_table
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state='sent', claim='', lease_until=NULL, sent_at=%s,"  # noqa: S608
            " attempts=attempts+1, reply=CASE WHEN subscriber_id IS NULL THEN '' ELSE v.column2 END"
            f" FROM (VALUES {places}) AS v WHERE id=v.column1 AND claim=%s AND state='claimed'",
            [now, *words, token],
        )
        return int(cursor.rowcount)


def _other(issue: Issue, result: Result, *, cancelled: bool) -> int:
    changes = outcomes.recorded(result.row, result.outcome, issue, clock.now())
    if cancelled and changes["state"] == _State.DEFERRED:
        changes["state"] = _State.SUPPRESSED
    rows = claimed(result.token).filter(pk=result.row.pk)
    mine = rows.update(claim="", lease_until=None, **changes)
    if mine and changes["state"] == _State.BOUNCED:
        outcomes.blame(result.row, result.outcome)
    return mine


def put_in_doubt(token: str, rows: Sequence[Row], now: datetime) -> None:
    """Handed over, and nobody will ever know the answer."""
    for some in batched(rows):
        with transaction.atomic():
            for row in some:
                changes = outcomes.unknown(row, now) | {"attempts": row.attempts + 1}
                claimed(token).filter(pk=row.pk).update(claim="", lease_until=None, **changes)


def batched(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most BATCH at a time: no transaction is long."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
