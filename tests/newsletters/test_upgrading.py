"""A newsletter that was there before several days and weeks could be chosen goes out as it did."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.newsletters import schedule
from outreach.newsletters.models import Newsletter
from tests.newsletters.conftest import NOW

BEFORE = ("newsletters", "0003_inclusions")


@pytest.mark.django_db(transaction=True)
def test_the_next_date_of_each_newsletter_is_what_it_was() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([BEFORE])
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    shapes = [
        ({"frequency": "weekly", "weekday": 4}, "2026-03-13"),
        ({"frequency": "monthly-weekday", "weekday": 2, "nth": -1}, "2026-03-25"),
        ({"frequency": "monthly-day", "month_day": 31}, "2026-03-31"),
    ]
    for number, (values, _day) in enumerate(shapes):
        names = {"name": f"N{number}", "slug": f"n{number}", "topic": f"n{number}", "next_slot": NOW}
        old.get_model("newsletters", "Newsletter").objects.create(**names, **values, zone="UTC")
    MigrationExecutor(connection).migrate(latest)
    rows = list(Newsletter.objects.order_by("pk"))
    assert {row.next_slot for row in rows} == {NOW}
    found = [f"{schedule.next_slot(schedule.of(row), NOW):%Y-%m-%d}" for row in rows]
    assert found == [day for _values, day in shapes]
