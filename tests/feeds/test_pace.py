"""How often a source is looked at."""

from datetime import datetime, timedelta

import pytest

from outreach.feeds import pace
from outreach.feeds.models import Entry, Source

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-25T10:00:00+00:00")


def source_with(pause: timedelta, entries: int = 6, **columns: int) -> Source:
    source = Source.objects.create(
        name="Site", url="https://site.example/feed", site="site.example", **columns
    )
    for number in range(entries):
        Entry.objects.create(
            source=source,
            title=str(number),
            language="nl",
            content_hash="",
            published_at=NOW - number * pause,
        )
    return source


@pytest.mark.parametrize(
    ("pause", "minutes"),
    [(timedelta(minutes=5), 15), (timedelta(days=1), 30), (timedelta(days=14), 60), (timedelta(0), 15)],
)
def test_a_busy_site_is_looked_at_more_often_than_a_quiet_one(pause, minutes):
    assert pace.interval(source_with(pause)) == timedelta(minutes=minutes)


def test_what_staff_chose_counts():
    assert pace.interval(source_with(timedelta(days=14), interval_minutes=5)) == timedelta(minutes=5)


def test_a_source_that_showed_little_is_looked_at_often():
    assert pace.interval(source_with(timedelta(days=14), entries=2)) == timedelta(minutes=15)
