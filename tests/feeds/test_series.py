"""A series is one event: it is news once, and the agenda shows its next day, whatever its calendar does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.models import Activity
from outreach.feeds import agenda, enriching, events, polling
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import parse, parse_page
from outreach.feeds.sources import add_source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parsed_here")]

ONCE = "UID:9@s|SUMMARY:Feest|URL:https://s.example/feest|DTSTART;TZID=Europe/Brussels:20270401T190000"
WEEKLY = (
    "UID:1@s|SUMMARY:Leesclub|URL:https://s.example/l|DTSTART;TZID=Europe/Brussels:20260106T200000"
    "|RRULE:FREQ=WEEKLY"
)
WEEK = 24 * 7


def ics(*blocks: str, head: str = "") -> bytes:
    inside = "|".join(f"BEGIN:VEVENT|{lines}|END:VEVENT" for lines in blocks)
    return f"BEGIN:VCALENDAR|VERSION:2.0|PRODID:x|{head}{inside}|END:VCALENDAR|".replace("|", "\r\n").encode()


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        website.instead = ics(ONCE), "text/calendar"
        yield website


@pytest.fixture
def calendar(site: Website, db: None) -> Source:
    with clock.frozen(NOON):
        return add_source(site.feed_url, mode="automatic")


def club() -> Event:
    return Event.objects.select_related("entry").get(entry__title="Leesclub")


def test_the_next_day_is_no_new_date_whatever_else_changes_in_the_calendar(
    site: Website, calendar: Source
) -> None:
    for week in range(5):
        stamp = f"|DTSTAMP:2026010{week + 1}T000000Z|DESCRIPTION:Boek {week}"
        site.instead = ics(ONCE, WEEKLY + stamp), "text/calendar"
        poll(calendar, week * WEEK + 13)
        event = club()
        assert (event.version, event.occurrence) == (0, week)
        assert event.starts_at > NOON + timedelta(hours=week * WEEK + 13)
    assert not [row for row in Activity.objects.all() if "moved" in str(row.sentence)]


@pytest.mark.parametrize("validators", [True, False])
def test_a_calendar_that_stays_the_same_goes_on_to_the_next_day(
    site: Website, calendar: Source, validators: bool
) -> None:
    site.validators = validators
    site.instead = ics(ONCE, WEEKLY), "text/calendar"
    poll(calendar, 1)
    first = club().starts_at
    poll(calendar, 6)
    assert club().starts_at == first
    poll(calendar, 8)  # it began an hour ago
    assert club().starts_at == datetime(2026, 3, 17, 19, 0, tzinfo=UTC)
    at = NOON + timedelta(hours=8)
    assert b"DTSTART:20260317T190000Z" in agenda.calendar(at)
    assert b"SEQUENCE:1" in agenda.calendar(at)


def test_the_last_day_of_a_series_is_the_last_that_is_known(site: Website, calendar: Source) -> None:
    site.instead = ics(ONCE, f"{WEEKLY};UNTIL=20260311T000000Z"), "text/calendar"
    poll(calendar, 1)
    start = club().starts_at
    poll(calendar, 9)
    event = club()
    assert (event.starts_at, event.version) == (start, 0)
    assert not polling._is_later(calendar, NOON + timedelta(hours=10))  # and not read again and again
    assert not [row for row in Activity.objects.all() if "moved" in str(row.sentence)]


def written_out(*days: int) -> bytes:
    nodes = [
        {"@type": "Event", "name": "Leesclub", "startDate": f"2026-03-{day}T20:00:00+01:00"} for day in days
    ]
    return (
        f'<html><title>Leesclub</title><script type="application/ld+json">{json.dumps(nodes)}</script></html>'
    ).encode()


def test_the_days_that_a_page_writes_out_are_one_series(calendar: Source) -> None:
    entry = Entry.objects.create(
        source=calendar, title="Leesclub", link="https://s.example/l", language="nl", content_hash=""
    )
    seen = []
    for day, shown in ((10, (11, 18, 25)), (12, (18, 25)), (19, (25,))):
        now = datetime(2026, 3, day, 12, tzinfo=UTC)
        with clock.frozen(now):
            page = parse_page(written_out(*shown), {"content-type": "text/html"}, entry.link)
            entry = Entry.objects.select_related("source").get(pk=entry.pk)
            enriching._use(entry, page, now)
        event = Event.objects.get(entry=entry)
        seen.append((event.starts_at.day, event.version, event.occurrence))
    assert seen == [(11, 0, 0), (18, 0, 1), (25, 0, 2)]


def test_days_that_are_written_out_in_a_calendar_are_one_series() -> None:
    days = [
        f"UID:1|SUMMARY:Les|RECURRENCE-ID:202603{day}T190000Z|DTSTART:202603{day}T190000Z" for day in (12, 19)
    ]
    with clock.frozen(NOON):
        items = parse(ics(ONCE, *days), {}, "https://s.example/a.ics").items
    assert [item.event.repeats for item in items if item.event] == [True, False]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Brussels", ""])
@pytest.mark.parametrize("rule", ["", "|RRULE:FREQ=YEARLY"])
def test_a_whole_day_is_that_day_whatever_zone_its_calendar_has(zone: str, rule: str) -> None:
    head = f"X-WR-TIMEZONE:{zone}|" if zone else ""
    lines = f"UID:1|SUMMARY:Dag|DTSTART;VALUE=DATE:20260401|DTEND;VALUE=DATE:20260402{rule}"
    with clock.frozen(NOON):
        [item] = parse(ics(lines, head=head), {}, "https://s.example/a.ics").items
    assert item.event
    assert events.spoken(Event(**vars(item.event))) == "Wednesday 1 April 2026"


@pytest.mark.parametrize("made", [(3, 2, 1), (2, 3, 1), (1, 3, 2)])
def test_an_event_that_was_written_down_long_ago_is_news_when_it_is_published(
    site: Website, calendar: Source, made: tuple[int, ...]
) -> None:
    """CREATED says nothing of where it stands in the calendar: that is by the day it takes place."""
    lines = (
        "UID:{0}@t|SUMMARY:Evenement nummer {0}|URL:https://s.example/e{0}"
        "|DTSTART;TZID=Europe/Brussels:2026040{0}T190000|CREATED:202602{1:02}T100000Z"
    )
    known = [lines.format(number, day) for number, day in enumerate(made, 1)]
    site.instead = ics(*known), "text/calendar"
    poll(calendar, 1)
    late = "UID:4@t|SUMMARY:Laat bekend|DTSTART:20260501T190000Z|CREATED:20260110T100000Z"
    site.instead = ics(*known, late), "text/calendar"
    poll(calendar, 3)
    entry = Entry.objects.get(title="Laat bekend")
    assert (entry.state, entry.question) == ("new", "")


def test_days_listed_in_the_words_of_an_article_follow_each_other(db: None) -> None:
    """The bytes of the article stay the same: for being known it must not be left out."""
    with Website() as site, clock.frozen(NOON):
        source = add_source(site.feed_url)
        Source.objects.update(doubtful_dates="trust")
        site.add_article("Leesclub", "De leesclub komt samen op 12, 19 en 26 maart 2026 om 20 uur.")
        days = []
        for hour in range(1, 24 * 12, 6):
            poll(source, hour)
            days.append(club().starts_at.day)
    assert list(dict.fromkeys(days)) == [12, 19, 26]
    assert (club().version, club().occurrence) == (0, 2)
