"""Claiming a row for one worker: a conditional UPDATE under a lease.

`SELECT … FOR UPDATE SKIP LOCKED` is a silent no-op on SQLite, so it is not used: the UPDATE itself decides.
Whoever changes the row owns it until the lease ends; everybody else was too late. A worker that dies leaves
the lease to run out, and the next tick finds the row.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import BooleanField, F, Func, Q, QuerySet


class Leased(models.Model):
    """A row that one worker at a time may work on."""

    claim = models.CharField(max_length=16, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


LONGEST = timedelta(days=1)
"""No lease is longer. One that ends later was taken while a clock was wrong, and holds nothing."""


def free(now: datetime) -> Q:
    """Rows that nobody holds, or whose holder's lease has run out."""
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + LONGEST)
    return Q(lease_until__isnull=True) | over


def among(column: str, values: tuple[str, ...]) -> Q:
    """Rows with one of these words in `column`; the words of a partial index, in its order.

    Written out in the statement: SQLite takes a partial index only when it sees that the condition is the
    index's own, and behind the question marks of `__in` it sees nothing. It would go through all of history.
    """
    words = "', '".join(map(str, values))
    return Q(Func(F(column), template=f"%(expressions)s IN ('{words}')", output_field=BooleanField()))


def claim(rows: QuerySet[Any], now: datetime, lease: timedelta, **changes: Any) -> str:
    """Take `rows` (filtered to one row in the expected state) and apply `changes` in the same statement.

    Returns the claim to settle with, or "" when somebody else was first.
    """
    token = secrets.token_hex(8)
    return token if rows.update(claim=token, lease_until=now + lease, **changes) else ""


def settle(rows: QuerySet[Any], token: str, **changes: Any) -> bool:
    """Record the outcome and let go. False when the lease was lost meanwhile: the row is another's now."""
    return bool(rows.filter(claim=token).update(claim="", lease_until=None, **changes))
