"""When and where events take place, as a table of facts: what a source writes, and what a person reads in it.

Each case is what the source says; then start, end, zone, place, online address and status as they should be.
"W" stands for a whole day. Wall clocks are those of Brussels unless the case names another.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from outreach.feeds import calendars

NOW = "2026-03-10T08:00:00+00:00"
SUMMER, WINTER = "2026-03-29", "2026-10-25"  # the nights on which the clocks of Europe change
EVERY_TUESDAY = "DTSTART;TZID=Europe/Brussels:20260303T200000|RRULE:FREQ=WEEKLY"
ZOOM = "https://us02web.zoom.us/j/86513"
OWN_ZONE = (
    "BEGIN:VTIMEZONE|TZID:Eigen|BEGIN:STANDARD|DTSTART:19701025T030000|RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"
    "|TZOFFSETFROM:+0200|TZOFFSETTO:+0100|END:STANDARD|BEGIN:DAYLIGHT|DTSTART:19700329T020000"
    "|RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|END:DAYLIGHT|END:VTIMEZONE"
)


def calendar(*events: str, head: str = "", now: str = NOW, title: str = "Studiedag") -> list[dict[str, Any]]:
    """The items of a calendar; events as their lines, separated by `|`."""
    blocks = [f"BEGIN:VEVENT|UID:1@site.example|SUMMARY:{title}|{lines}|END:VEVENT" for lines in events]
    text = "|".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *([head] if head else []), *blocks])
    body = f"{text}|END:VCALENDAR".replace("|", "\r\n").encode()
    found: list[dict[str, Any]] = calendars.read(
        body, base="https://site.example/agenda.ics", zone="Europe/Brussels", now=now
    )["items"]
    return found


def short(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def said(event: dict[str, Any]) -> list[str]:
    """Start and end in UTC, with W for whole days."""
    return [short(event["starts_at"]) + (" W" if event["all_day"] else ""), short(event["ends_at"])]


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        # Zones
        ("DTSTART:20260401T093000Z|DTEND:20260401T103000Z", "2026-04-01 09:30", "2026-04-01 10:30"),
        ("DTSTART:20260401T093000|DTEND:20260401T103000", "2026-04-01 07:30", "2026-04-01 08:30"),
        (
            "DTSTART;TZID=Europe/Brussels:20260401T093000|DURATION:PT1H",
            "2026-04-01 07:30",
            "2026-04-01 08:30",
        ),
        ("DTSTART;TZID=Eigen:20260401T093000|DURATION:PT1H", "2026-04-01 07:30", "2026-04-01 08:30"),
        ("DTSTART;TZID=Nergens:20260401T093000", "2026-04-01 07:30", ""),
        ("DTSTART;TZID=W. Europe Standard Time:20260401T093000", "2026-04-01 07:30", ""),
        ("DTSTART;TZID=/vendor.example/Europe/Brussels:20260401T093000", "2026-04-01 07:30", ""),
        (
            "DTSTART;TZID=America/New_York:20260401T093000|DTEND;TZID=Europe/Brussels:20260401T173000",
            "2026-04-01 13:30",
            "2026-04-01 15:30",
        ),
        # Whole days: the end is the midnight after the last one
        ("DTSTART;VALUE=DATE:20260401", "2026-03-31 22:00 W", ""),
        ("DTSTART;VALUE=DATE:20260401|DTEND;VALUE=DATE:20260401", "2026-03-31 22:00 W", ""),
        ("DTSTART;VALUE=DATE:20260401|DTEND;VALUE=DATE:20260403", "2026-03-31 22:00 W", "2026-04-02 22:00"),
        ("DTSTART;VALUE=DATE:20260401|DURATION:P2D", "2026-03-31 22:00 W", "2026-04-02 22:00"),
        # The day of 23 hours and that of 25
        ("DTSTART;VALUE=DATE:20260329|DTEND;VALUE=DATE:20260330", "2026-03-28 23:00 W", "2026-03-29 22:00"),
        ("DTSTART;VALUE=DATE:20260329|DURATION:P1D", "2026-03-28 23:00 W", "2026-03-29 22:00"),
        ("DTSTART;VALUE=DATE:20261025|DTEND;VALUE=DATE:20261026", "2026-10-24 22:00 W", "2026-10-25 23:00"),
        ("DTSTART;VALUE=DATE:20261025|DURATION:P1D", "2026-10-24 22:00 W", "2026-10-25 23:00"),
        # 2.30 does not exist on the first night and exists twice on the second (RFC 5545, 3.3.5)
        ("DTSTART;TZID=Europe/Brussels:20260329T023000", "2026-03-29 01:30", ""),
        ("DTSTART;TZID=Europe/Brussels:20261025T023000", "2026-10-25 00:30", ""),
        # Hours are exact, days are days on the clock
        (
            "DTSTART;TZID=Europe/Brussels:20260328T220000|DURATION:PT8H",
            "2026-03-28 21:00",
            "2026-03-29 05:00",
        ),
        (
            "DTSTART;TZID=Europe/Brussels:20261024T220000|DURATION:PT8H",
            "2026-10-24 20:00",
            "2026-10-25 04:00",
        ),
        ("DTSTART;TZID=Europe/Brussels:20260328T100000|DURATION:P1D", "2026-03-28 09:00", "2026-03-29 08:00"),
        ("DTSTART;TZID=Europe/Brussels:20261024T100000|DURATION:P1D", "2026-10-24 08:00", "2026-10-25 09:00"),
        (
            "DTSTART;TZID=Europe/Brussels:20260329T010000|DTEND;TZID=Europe/Brussels:20260329T040000",
            "2026-03-29 00:00",
            "2026-03-29 02:00",
        ),
        # A start that is written twice
        (
            "DTSTART;TZID=Europe/Brussels:20260401T093000|DTSTART;TZID=Europe/Brussels:20260401T093000",
            "2026-04-01 07:30",
            "",
        ),
        # No end, or an end that cannot be
        ("DTSTART:20260401T093000Z", "2026-04-01 09:30", ""),
        ("DTSTART:20260401T093000Z|DTEND:20260401T083000Z", "2026-04-01 09:30", ""),
        ("DTSTART:20260401T093000Z|DURATION:-PT1H", "2026-04-01 09:30", ""),
    ],
)
def test_an_event_of_a_calendar_takes_place_at_its_instant(lines: str, start: str, end: str) -> None:
    [item] = calendar(lines, head=OWN_ZONE)
    assert said(item["event"]) == [start, end]
    assert (item["event"]["origin"], item["event"]["status"]) == ("calendar", "scheduled")


@pytest.mark.parametrize(
    ("lines", "head", "zone"),
    [
        ("DTSTART;TZID=Europe/London:20260401T093000", "", "Europe/London"),
        ("DTSTART;TZID=Romance Standard Time:20260401T093000", "", "Europe/Paris"),
        ("DTSTART;TZID=Eigen:20260401T093000", OWN_ZONE, ""),
        ("DTSTART;TZID=Nergens:20260401T093000", "", ""),
        ("DTSTART:20260401T093000", "", ""),
        ("DTSTART:20260401T093000", "X-WR-TIMEZONE:Europe/London", "Europe/London"),
        ("DTSTART:20260401T093000Z", "X-WR-TIMEZONE:Europe/London", "Europe/London"),
        ("DTSTART:20260401T093000Z", "X-WR-TIMEZONE:Romance Standard Time", "Europe/Paris"),
        ("DTSTART:20260401T093000Z", "X-WR-TIMEZONE:Nergens", ""),
        ("DTSTART:20260401T093000Z", "", ""),
        ("DTSTART;VALUE=DATE:20260401", "X-WR-TIMEZONE:Europe/London", "Europe/London"),
    ],
)
def test_a_calendar_names_the_zone_of_its_event_or_not(lines: str, head: str, zone: str) -> None:
    [item] = calendar(lines, head=head)
    assert item["event"]["zone"] == zone


@pytest.mark.parametrize(
    ("lines", "now", "start"),
    [
        (EVERY_TUESDAY, "2026-03-10T08:00:00+00:00", "2026-03-10 19:00"),
        (EVERY_TUESDAY, "2026-03-10T19:30:00+00:00", "2026-03-17 19:00"),  # it has begun
        (
            EVERY_TUESDAY,
            "2026-03-28T08:00:00+00:00",
            "2026-03-31 18:00",
        ),  # the clock stays
        (EVERY_TUESDAY, "2026-10-24T08:00:00+00:00", "2026-10-27 19:00"),
        (
            "DTSTART;TZID=Europe/Brussels:20260308T023000|RRULE:FREQ=WEEKLY",
            "2026-03-25T08:00:00+00:00",
            "2026-03-29 01:30",
        ),
        (
            "DTSTART;TZID=Europe/Brussels:20261011T023000|RRULE:FREQ=WEEKLY",
            "2026-10-20T08:00:00+00:00",
            "2026-10-25 00:30",
        ),
        ("DTSTART;VALUE=DATE:20260301|RRULE:FREQ=WEEKLY", "2026-03-29T12:00:00+00:00", "2026-03-28 23:00 W"),
        ("DTSTART;VALUE=DATE:20260301|RRULE:FREQ=WEEKLY", "2026-10-25T12:00:00+00:00", "2026-10-24 22:00 W"),
        ("DTSTART;VALUE=DATE:20200229|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", NOW, "2020-02-28 23:00 W"),
        ("DTSTART:20250401T090000Z|RRULE:FREQ=YEARLY", NOW, "2026-04-01 09:00"),
        ("DTSTART:20260301T090000Z|RDATE:20260501T090000Z,20260401T090000Z", NOW, "2026-04-01 09:00"),
        (f"{EVERY_TUESDAY}|EXDATE;TZID=Europe/Brussels:20260310T200000", NOW, "2026-03-17 19:00"),
        (f"{EVERY_TUESDAY};COUNT=1", NOW, "2026-03-03 19:00"),
    ],
)
def test_a_series_is_one_event_on_its_next_day(lines: str, now: str, start: str) -> None:
    [item] = calendar(lines, now=now)
    assert said(item["event"])[0] == start


def test_a_series_in_utc_keeps_the_clock_of_its_calendar() -> None:
    lines, later = "DTSTART:20260303T190000Z|RRULE:FREQ=WEEKLY", "2026-04-01T08:00:00+00:00"
    [item] = calendar(lines, head="X-WR-TIMEZONE:Europe/Brussels", now=later)
    assert said(item["event"])[0] == "2026-04-07 18:00"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,10,20,30,40,50",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=13;BYMONTHDAY=1",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=FORTNIGHTLY",
        "COUNT=3",
    ],
)
def test_a_rule_beyond_reason_leaves_the_day_that_is_known(rule: str) -> None:
    items = calendar(f"DTSTART:20260401T090000Z|RRULE:{rule}", "UID:2|DTSTART:20260402T090000Z")
    assert "2026-04-01 09:00" in {said(item["event"])[0] for item in items}


@pytest.mark.parametrize(
    ("events", "head", "start", "status"),
    [
        (["DTSTART:20260401T090000Z|STATUS:CANCELLED"], "", "2026-04-01 09:00", "cancelled"),
        (["DTSTART:20260401T090000Z|STATUS:TENTATIVE"], "", "2026-04-01 09:00", "scheduled"),
        (["DTSTART:20260401T090000Z"], "METHOD:CANCEL", "2026-04-01 09:00", "cancelled"),
        ([f"{EVERY_TUESDAY}|STATUS:CANCELLED"], "", "2026-03-10 19:00", "cancelled"),  # the whole series
        (
            [
                EVERY_TUESDAY,
                "RECURRENCE-ID;TZID=Europe/Brussels:20260310T200000|DTSTART:20260310T190000Z|STATUS:CANCELLED",
            ],
            "",
            "2026-03-17 19:00",
            "scheduled",
        ),  # one evening of it
        (
            [
                EVERY_TUESDAY,
                "RECURRENCE-ID;TZID=Europe/Brussels:20260310T200000|DTSTART:20260312T190000Z",
            ],
            "",
            "2026-03-12 19:00",
            "scheduled",
        ),  # moved by two days
        (
            [
                f"{EVERY_TUESDAY};COUNT=2",
                "RECURRENCE-ID;TZID=Europe/Brussels:20260310T200000|DTSTART:20260310T190000Z|STATUS:CANCELLED",
            ],
            "",
            "2026-03-10 19:00",
            "cancelled",
        ),  # the last evening
        (
            ["DTSTART:20260401T090000Z|SEQUENCE:1", "DTSTART:20260408T090000Z|SEQUENCE:2"],
            "",
            "2026-04-08 09:00",
            "scheduled",
        ),
        (
            ["DTSTART:20260401T090000Z|SEQUENCE:3|STATUS:CANCELLED", "DTSTART:20260401T090000Z|SEQUENCE:2"],
            "",
            "2026-04-01 09:00",
            "cancelled",
        ),
    ],
)
def test_a_calendar_says_what_takes_place(events: list[str], head: str, start: str, status: str) -> None:
    [item] = calendar(*events, head=head)
    assert (said(item["event"])[0], item["event"]["status"]) == (start, status)


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("GEANNULEERD: studiedag taal", "cancelled"),
        ("Studiedag (afgelast)", "cancelled"),
        ("Studiedag gaat niet door", "cancelled"),
        ("Uitgesteld - studiedag", "postponed"),
        ("Journée d’étude annulée", "cancelled"),
        ("REPORTÉ : colloque", "postponed"),
        ("Canceled: seminar", "cancelled"),
        ("Postponed: seminar", "postponed"),
        ("Verplaatst: studiedag", "scheduled"),
        ("Annuleer je inschrijving op tijd", "scheduled"),
    ],
)
def test_words_of_the_title_say_whether_it_takes_place(title: str, status: str) -> None:
    [item] = calendar(f"SUMMARY:{title}|DTSTART:20260401T090000Z".replace("SUMMARY", "X-A"))
    assert item["event"]["status"] == "scheduled"
    body = (
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{title}\nDTSTART:20260401T090000Z\nEND:VEVENT\nEND:VCALENDAR"
    )
    [item] = calendars.read(body.encode(), base="", zone="Europe/Brussels", now=NOW)["items"]
    assert item["event"]["status"] == status


@pytest.mark.parametrize(
    ("lines", "place", "online"),
    [
        (r"LOCATION:De Krook\, Gent", "De Krook, Gent", ""),
        (f"LOCATION:{ZOOM}", "", ZOOM),
        (f"LOCATION:Online via {ZOOM}", "Online via", ZOOM),
        ("LOCATION:https://site.example/zaal", "", "https://site.example/zaal"),
        (f"LOCATION:Gent|DESCRIPTION:Volg mee op {ZOOM}.", "Gent", ZOOM),
        (f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{ZOOM}", "", ZOOM),
        ("CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+3212345", "", ""),
        (
            "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij",
            "",
            "https://meet.google.com/abc-defg-hij",
        ),
        (
            "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3a",
            "",
            "https://teams.microsoft.com/l/meetup-join/19%3a",
        ),
        ("DESCRIPTION:Meer op https://www.youtube.com/watch?v=1", "", ""),
        ("DESCRIPTION:Live op https://www.youtube.com/live/abc", "", "https://www.youtube.com/live/abc"),
        ("URL:https://school.webex.com/meet/an", "", "https://school.webex.com/meet/an"),
        ("LOCATION:javascript:alert(1)", "javascript:alert(1)", ""),
    ],
)
def test_a_calendar_says_where(lines: str, place: str, online: str) -> None:
    [item] = calendar(f"DTSTART:20260401T090000Z|{lines}")
    assert (item["event"]["place"], item["event"]["online_url"]) == (place, online)
