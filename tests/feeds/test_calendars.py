"""iCalendar: each event once, at the right instant, whatever the calendar does."""

from datetime import UTC, datetime

import pytest

from outreach.core import clock
from outreach.feeds.parsing import Feed, FeedError, Item, parse

HOME = "https://www.kleuter.be"
NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


def read(*events: str, head: str = "", zone: str = "") -> Feed:
    """Events given as their lines, separated by `|`."""
    blocks = [f"BEGIN:VEVENT|{lines}|END:VEVENT" for lines in events]
    text = "|".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *filter(None, [head]), *blocks, "END:VCALENDAR"]
    )
    with clock.frozen(NOW):
        return parse(text.replace("|", "\r\n").encode(), {}, f"{HOME}/agenda.ics")


def one(lines: str, **options: str) -> Item:
    [item] = read(lines, **options).items
    return item


def starts(lines: str, **options: str) -> str:
    event = one(lines, **options).event
    assert event is not None
    return event.starts_at.isoformat()


def test_an_event_is_read_with_everything_it_has():
    feed = read(
        "UID:7@kleuter.be|SUMMARY:Studiedag\\, voor iedereen|DESCRIPTION:Kom ook.|URL:https://www.kleuter.be/studiedag"
        "|DTSTART;TZID=Europe/Brussels:20260401T093000|DTEND;TZID=Europe/Brussels:20260401T160000"
        "|LOCATION:De Warande\\, Turnhout|CATEGORIES:Vorming,Taal|CREATED:20260301T100000Z"
        "|ATTACH;FMTTYPE=image/jpeg:https://www.kleuter.be/a.jpg",
        head="X-WR-CALNAME:Agenda van Kleuter",
    )
    [item] = feed.items
    assert (feed.title, feed.version) == ("Agenda van Kleuter", "icalendar")
    assert (item.guid, item.title, item.summary) == ("7@kleuter.be", "Studiedag, voor iedereen", "Kom ook.")
    assert (item.link, item.image_url) == (f"{HOME}/studiedag", f"{HOME}/a.jpg")
    assert item.categories == ["Vorming", "Taal"]
    assert item.published_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert item.event is not None
    assert item.event.starts_at == datetime(2026, 4, 1, 7, 30, tzinfo=UTC)
    assert item.event.ends_at == datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
    assert (item.event.place, item.event.all_day) == ("De Warande, Turnhout", False)


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("DTSTART:20260401T093000Z", "2026-04-01T09:30:00+00:00"),
        ("DTSTART:20260401T093000", "2026-04-01T07:30:00+00:00"),  # the site's zone, in summer
        ("DTSTART:20260327T093000", "2026-03-27T08:30:00+00:00"),  # and before the clocks change
        ("DTSTART:20261025T023000", "2026-10-25T00:30:00+00:00"),  # twice that night: the first
        ("DTSTART:20260329T023000", "2026-03-29T01:30:00+00:00"),  # not at all that night: an hour on
        ("DTSTART;TZID=America/New_York:20260401T093000", "2026-04-01T13:30:00+00:00"),
        ("DTSTART;TZID=Romance Standard Time:20260401T093000", "2026-04-01T07:30:00+00:00"),
        ("DTSTART;VALUE=DATE:20260401", "2026-03-31T22:00:00+00:00"),
    ],
)
def test_the_instant_is_right_in_every_zone(start: str, instant: str):
    assert starts(f"UID:1|SUMMARY:Dag|{start}") == instant


def test_a_calendar_may_name_its_own_zone():
    found = starts("UID:1|SUMMARY:Dag|DTSTART:20260401T093000", head="X-WR-TIMEZONE:Europe/London")
    assert found == "2026-04-01T08:30:00+00:00"


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ("DTSTART:20260401T090000Z|DURATION:PT90M", "2026-04-01T10:30:00+00:00"),
        ("DTSTART:20260401T090000Z", None),
        ("DTSTART:20260401T090000Z|DTEND:20260401T080000Z", None),
    ],
)
def test_the_end_is_known_or_not(lines: str, end: str | None):
    event = one(f"UID:1|SUMMARY:Dag|{lines}").event
    assert event is not None
    assert (event.ends_at.isoformat() if event.ends_at else None) == end


def test_a_series_is_one_event_at_its_next_occurrence():
    lines = "UID:1|SUMMARY:Leesclub|DTSTART;TZID=Europe/Brussels:20260106T200000|RRULE:FREQ=WEEKLY"
    assert starts(lines) == "2026-03-10T19:00:00+00:00"


def test_an_occurrence_that_is_moved_or_called_off_is_not_the_next_one():
    feed = read(
        "UID:1|SUMMARY:Leesclub|DTSTART:20260106T200000Z|RRULE:FREQ=WEEKLY|EXDATE:20260317T200000Z",
        "UID:1|RECURRENCE-ID:20260310T200000Z|SUMMARY:Leesclub|DTSTART:20260311T200000Z|STATUS:CANCELLED",
    )
    [item] = feed.items
    assert item.event is not None
    assert item.event.starts_at == datetime(2026, 3, 24, 20, 0, tzinfo=UTC)


def test_the_next_of_a_daily_series_is_not_the_one_of_yesterday():
    daily = "UID:1|SUMMARY:Opvang|RRULE:FREQ=DAILY"
    times = "DTSTART;TZID=Europe/Brussels:20260105T{0}00|DTEND;TZID=Europe/Brussels:20260105T{1}00"
    assert starts(f"{daily}|{times.format('0700', '0800')}").startswith("2026-03-11")  # over today
    assert starts(f"{daily}|{times.format('1400', '1500')}").startswith("2026-03-10")  # to come
    assert starts(f"{daily}|DTSTART;VALUE=DATE:20260105").startswith("2026-03-09T23:00")  # the whole day


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;COUNT=2", "FREQ=NONSENSE", "FREQ=WEEKLY;UNTIL=20200101", "X"])
def test_a_series_that_is_over_or_cannot_be_understood_keeps_its_first_day(rule: str):
    lines = f"UID:1|SUMMARY:Feest|DTSTART:20200106T200000Z|RRULE:{rule}"
    assert starts(lines) == "2020-01-06T20:00:00+00:00"


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_a_rule_of_seconds_is_refused_before_it_is_tried(often: str):
    with pytest.raises(FeedError, match="repeats an event every hour or more often"):
        read(f"UID:1|SUMMARY:Tik|DTSTART:19000101T000000Z|RRULE:FREQ={often}")


def test_what_comes_stands_first_and_what_is_over_last():
    days = {"Later": "20260501", "Straks": "20260401", "Vroeger": "20250101", "Net voorbij": "20260301"}
    feed = read(*(f"UID:{name}|SUMMARY:{name}|DTSTART:{day}T090000Z" for name, day in days.items()))
    assert [item.title for item in feed.items] == ["Straks", "Later", "Net voorbij", "Vroeger"]


def test_a_moved_event_of_the_events_calendar_stays_the_same_event():
    before = one("UID:123-1775030400-1775034000@kleuter.be|SUMMARY:Dag|DTSTART:20260401T090000Z")
    after = one("UID:123-1775548800-1775552400@kleuter.be|SUMMARY:Dag|DTSTART:20260407T090000Z")
    assert before.guid == after.guid == "123@kleuter.be"


@pytest.mark.parametrize(
    "broken",
    [
        "UID:2|SUMMARY:Zonder begin",
        "UID:2|SUMMARY:Dag|DTSTART:gisteren",
        "UID:2|SUMMARY:Dag|DTSTART:20260231T090000Z",
        "UID:2|DTSTART:20260401T090000Z",  # no name and no address
    ],
)
def test_an_event_that_cannot_be_announced_costs_no_other(broken: str):
    assert [item.title for item in read(broken, "UID:1|SUMMARY:Goed|DTSTART:20260401T090000Z").items] == [
        "Goed"
    ]


def test_words_of_a_calendar_are_clean_text():
    item = one(
        "UID:1|SUMMARY:<b>Dag</b> &amp; nacht|DTSTART:20260401T090000Z|URL:javascript:alert(1)"
        "|LOCATION:<i>Gent</i>"
    )
    assert (item.title, item.link) == ("Dag & nacht", "")
    assert item.event is not None
    assert item.event.place == "Gent"


def test_an_empty_calendar_is_a_calendar():
    assert read().items == []
