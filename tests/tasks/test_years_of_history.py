"""What a tick costs when nothing is due does not grow with what was ever posted and mailed.

Work is counted, not timed: on PostgreSQL the rows and index entries that are read, on SQLite the
instructions of its machine.
"""

from datetime import UTC, datetime

import pytest
from django.db import connection

from outreach.core import clock
from tests import history

pytestmark = pytest.mark.django_db

FEW, MANY = 20, 10_000
SLACK = {"postgresql": 100, "sqlite": 2_000}
"""What a plan for a larger table may cost more: rows, or instructions (a row is some ten of them)."""


def _rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        )
        return int(cursor.fetchone()[0])


def _work(step: history.Step, now: datetime) -> int:
    if connection.vendor == "postgresql":
        before = _rows_read()
        assert not step(now), "it has found something to do"
        return _rows_read() - before
    done = [0]

    def count() -> None:
        done[0] += 1

    connection.connection.set_progress_handler(count, 1)
    try:
        assert not step(now), "it has found something to do"
    finally:
        connection.connection.set_progress_handler(None, 0)
    return done[0]


def _each_step(now: datetime) -> dict[str, int]:
    return {f"{tick}: {step.__name__}": _work(step, now) for tick, step in history.steps()}


def test_no_step_goes_through_history(settings: object) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # by day: nobody is reminded in the night
    with clock.frozen(now):
        history.at_rest()
        history.grow(FEW)
        few = _each_step(now)
        assert len(few) >= 12
        history.grow(MANY)
        many = _each_step(now)
    print(*(f"{name}: {few[name]} → {many[name]}" for name in many), sep="\n")
    grown = [name for name in many if many[name] > 1.2 * few[name] + SLACK[connection.vendor]]
    assert not grown
