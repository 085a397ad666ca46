"""Events as elements, <time>, marked dates and words of a feed, as a table: what it says and what it means.

Clocks are those of Brussels where the source names none. "W" stands for whole days.
"""

import functools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from outreach.core import clock
from outreach.feeds.event_hints import Hints
from outreach.feeds.parsing import Agenda, Happening, Item, Known, parse
from tests.feeds.writing import HOME, NOW

EV = 'xmlns:ev="http://purl.org/rss/1.0/modules/event/"'
XCAL = 'xmlns:xCal="urn:ietf:params:xml:ns:xcal" xmlns:cal="urn:ietf:params:xml:ns:icalendar-2.0"'
GD = 'xmlns:gd="http://schemas.google.com/g/2005"'
ZOOM = "https://us02web.zoom.us/j/86513?pwd=a&amp;b=c"
CALENDAR, URL = Agenda(categories=("Agenda", "Vorming & co")), f"{HOME}/feed"
# What an item holds; then start, end, where it was read, place, online address, status.
Case = tuple[str, str, str, str, str, str, str]


def when(inside: str, start: str, end: str = "", *, origin: str = "feed", **more: str) -> Case:
    return inside, start, end, origin, more.get("place", ""), more.get("online", ""), more.get("status", "")


def ev(start: str, end: str = "", place: str = "") -> str:
    given = {"startdate": start, "enddate": end, "location": place}
    return "".join(f"<ev:{name}>{value}</ev:{name}>" for name, value in given.items())


def html(markup: str) -> str:
    return f"<description>{escape(markup)}</description>"


def at(moment: str, text: str = "dan", **attributes: str) -> str:
    given = "".join(f' {name.rstrip("_")}="{value}"' for name, value in attributes.items())
    return f'<time datetime="{moment}"{given}>{text}</time>'


def words(title: str, text: str) -> str:
    return f"<title>{title}</title><description>{text}</description>"


def dated(moment: str, category: str, text: str = "") -> str:
    return f"<pubDate>{moment}</pubDate><category>{category}</category><description>{text}</description>"


ELEMENTS = [
    when(
        ev("2026-12-03T14:00:00+01:00", "2026-12-03T16:00:00+01:00"), "2026-12-03 13:00", "2026-12-03 15:00"
    ),
    when(ev("2026-12-03T14:00:00Z"), "2026-12-03 14:00"),
    when(ev("2026-12-03T14:00:00"), "2026-12-03 13:00"),
    when(ev("2027-06-03 14:00"), "2027-06-03 12:00"),
    when(ev("Thu, 03 Dec 2026 14:00:00 +0100"), "2026-12-03 13:00"),
    when(ev("2026-12-03"), "2026-12-02 23:00 W"),
    when(ev("2026-12-03", "2026-12-03"), "2026-12-02 23:00 W", "2026-12-03 23:00"),
    when(ev("2026-12-03", "2026-12-04"), "2026-12-02 23:00 W", "2026-12-04 23:00"),
    when(ev("2026-12-03T00:00:00", "2026-12-03T23:59:59"), "2026-12-02 23:00 W", "2026-12-03 23:00"),
    when(ev("2026-12-03T14:00:00Z", "2026-12-03T13:00:00Z"), "2026-12-03 14:00"),
    # The day of 23 hours and that of 25; 2.30 does not exist on the first, and exists twice on the second
    when(ev("2027-03-28", "2027-03-28"), "2027-03-27 23:00 W", "2027-03-28 22:00"),
    when(ev("2026-10-25", "2026-10-25"), "2026-10-24 22:00 W", "2026-10-25 23:00"),
    when(ev("2027-03-28T01:00", "2027-03-28T04:00"), "2027-03-28 00:00", "2027-03-28 02:00"),
    when(ev("2026-10-25T01:00", "2026-10-25T04:00"), "2026-10-24 23:00", "2026-10-25 03:00"),
    when(ev("2027-03-28T02:30"), "2027-03-28 01:30"),
    when(ev("2026-10-25T02:30"), "2026-10-25 00:30"),
    # Where, and whether
    when(ev("2026-12-03T14:00Z", place="De Krook, Gent"), "2026-12-03 14:00", place="De Krook, Gent"),
    when(
        ev("2026-12-03T14:00Z", place=f"Online: {ZOOM}"),
        "2026-12-03 14:00",
        place="Online:",
        online="https://us02web.zoom.us/j/86513?pwd=a&b=c",
    ),
    when(
        "<title>GEANNULEERD: studiedag</title>" + ev("2026-12-03T14:00Z"),
        "2026-12-03 14:00",
        status="cancelled",
    ),
    when("<title>Journée reportée</title>" + ev("2026-12-03T14:00Z"), "2026-12-03 14:00", status="postponed"),
    # xCal, under the prefix that the document chose
    when(
        "<xCal:dtstart>20261203T140000Z</xCal:dtstart><xCal:dtend>20261203T160000Z</xCal:dtend>"
        "<xCal:location>Gent</xCal:location>",
        "2026-12-03 14:00",
        "2026-12-03 16:00",
        place="Gent",
    ),
    when("<cal:dtstart>2026-12-03T14:00:00</cal:dtstart>", "2026-12-03 13:00"),
    when(
        "<cal:dtstart>20261203</cal:dtstart><cal:dtend>20261205</cal:dtend>",
        "2026-12-02 23:00 W",
        "2026-12-04 23:00",
    ),
    when(
        "<cal:dtstart>20261203T1400</cal:dtstart><cal:status>CANCELLED</cal:status>",
        "2026-12-03 13:00",
        status="cancelled",
    ),
    when(
        '<xCal:dtstart tzid="Europe/London">2026-12-03T14:00:00</xCal:dtstart>'
        '<xCal:dtend xCal:tzid="Europe/London">2026-12-03T15:00:00</xCal:dtend>',
        "2026-12-03 14:00",
        "2026-12-03 15:00",
    ),
    when('<xCal:dtstart tzid="Mars/Olympus">20261203T140000</xCal:dtstart>', "2026-12-03 13:00"),
    when('<ev:startdate type="date">2026-12-03</ev:startdate>', "2026-12-02 23:00 W"),
    # Google's
    when(
        '<gd:when startTime="2026-12-03T14:00:00.000+01:00" endTime="2026-12-03T15:00:00.000+01:00"/>'
        '<gd:where valueString="Gent"/>',
        "2026-12-03 13:00",
        "2026-12-03 14:00",
        place="Gent",
    ),
    when(
        '<gd:when startTime="2026-12-03" endTime="2026-12-05"/>'
        '<gd:eventStatus value="http://schemas.google.com/g/2005#event.canceled"/>',
        "2026-12-02 23:00 W",
        "2026-12-04 23:00",
        status="cancelled",
    ),
    # One that names several: what the website's data say counts
    when(ev("2026-12-03T14:00Z") + html(at("2026-12-09")), "2026-12-03 14:00"),
]
HINTS = [
    when(html(f"Op {at('2026-12-03T14:00')}"), "2026-12-03 13:00", origin="time"),
    when(html(at("2026-12-03")), "2026-12-02 23:00 W", origin="time"),
    when(
        html(at("2026-12-03T13:00:00Z") + " – " + at("2026-12-03T15:00:00Z")),
        "2026-12-03 13:00",
        "2026-12-03 15:00",
        origin="time",
    ),
    when(html(at("2026-12-03") + at("2026-12-03T14:00")), "2026-12-03 13:00", origin="time"),
    when(html(at("2026-10-01T14:00") + at("2026-12-03T14:00")), "2026-12-03 13:00", origin="time"),
    when(html(at("2027-03-28T02:30")), "2027-03-28 01:30", origin="time"),
    when(html(at("2027-10-31T02:30")), "2027-10-31 00:30", origin="time"),
    when(
        "<title>Afgelast: lezing</title>" + html(at("2026-12-03T14:00")),
        "2026-12-03 13:00",
        origin="time",
        status="cancelled",
    ),
    when(
        html(f'{at("2026-12-03T14:00")} <a href="{ZOOM}">Zoom</a>'),
        "2026-12-03 13:00",
        origin="time",
        online="https://us02web.zoom.us/j/86513?pwd=a&b=c",
    ),
    # In a category that staff marked: the date of publication
    when(dated("Thu, 03 Dec 2026 14:00:00 +0100", "Agenda"), "2026-12-03 13:00", origin="date"),
    when(dated("Thu, 03 Dec 2026 14:00:00 +0100", "vorming &amp; co"), "2026-12-03 13:00", origin="date"),
    when(dated("Thu, 03 Dec 2026 00:00:00 +0100", "AGENDA"), "2026-12-02 23:00 W", origin="date"),
    when(dated("2027-03-28T02:30", "Agenda"), "2027-03-28 01:30", origin="date"),
    when(dated("2027-10-31T02:30", "Agenda"), "2027-10-31 00:30", origin="date"),
    when(
        dated("Thu, 03 Dec 2026 14:00:00 +0100", "Agenda", "Op 7 december om 9u"),
        "2026-12-03 13:00",
        origin="date",
    ),
    when(
        dated("Thu, 03 Dec 2026 14:00:00 +0100", "Agenda") + html(at("2026-12-07T09:00")),
        "2026-12-07 08:00",
        origin="time",
    ),
    when(
        dated("Mon, 23 Nov 2026 14:00:00 +0100", "Agenda", "We zien elkaar op 3 december."),
        "2026-12-02 23:00 W",
        origin="text",
    ),
    # Words
    when(words("Studiedag taal", "Donderdag 3 december om 14u30"), "2026-12-03 13:30", origin="text"),
    when(words("Journée d’étude", "Le jeudi 3 décembre à 14h"), "2026-12-03 13:00", origin="text"),
    when(words("Webinar", "Thursday, December 3 at 2 pm"), "2026-12-03 13:00", origin="text"),
    when(words("Studiedag op 3 december 2026", "Welkom."), "2026-12-02 23:00 W", origin="text"),
    when(
        words("Uitgesteld: studiedag op 3 december", "Later meer."),
        "2026-12-02 23:00 W",
        origin="text",
        status="postponed",
    ),
    when(
        words("Studiedag", "3 en 4 december, van 9u tot 16u, zaterdag 5 december rust"),
        "2026-12-03 08:00",
        "2026-12-04 15:00",
        origin="text",
    ),
    when(
        "<category>Vormingen</category>" + words("Taal", "3 december, 14u"), "2026-12-03 13:00", origin="text"
    ),
    when(
        words("Studiedag", "zondag 28 maart 2027, 1u - 4u"),
        "2027-03-28 00:00",
        "2027-03-28 02:00",
        origin="text",
    ),
    when(
        words("Studiedag", "zondag 31 oktober 2027, 1u-4u"),
        "2027-10-30 23:00",
        "2027-10-31 03:00",
        origin="text",
    ),
]
NONE = [
    words("Nieuwe website", "Donderdag 3 december om 14u30"),  # nothing in it is called an event
    words("Studiedag taal", "Vrijdag 3 december om 14u30"),  # a Thursday
    words("Studiedag taal", "In de week van 3 december"),  # a bare day in running text
    words("Studiedag taal", "Schrijf je in voor 3 december om 12 uur"),
    words("Terugblik op de studiedag van donderdag 11 maart", "Het was mooi."),
    "<category>Agenda</category>" + words("Terugblik op donderdag 11 maart", "Het was mooi."),
    words("Vacature: coach vorming", "Gesprekken op 18 december om 10u"),
    words("Verslag: studiedag 11 maart om 9u", "Het was mooi."),
    words("Studiedag taal", "Op 3 oktober 2026 om 9u"),
    dated("Thu, 03 Dec 2026 14:00:00 +0100", "Nieuws"),  # staff did not mark it
    dated("Mon, 23 Nov 2026 14:00:00 +0100", "Agenda", "Welkom"),
    html(at("2026-10-01T14:00")),
    html(at("2026-12-03") + at("2026-12-04")),  # which one?
    html(at("2026-12-03T14:00", class_="entry-date published")),
    html(at("2026-12-03T14:00", pubdate="")),
    html(at("donderdag")),
    ev("binnenkort"),
    ev("0001-01-01"),
    "<ev:startdate/>",
    "<cal:dtstart>99999999</cal:dtstart>",
    "<gd:when/>",
]


@functools.cache
def read(inside: tuple[str, ...]) -> list[Item]:
    """The items of one feed that holds all of them, in order."""
    titled = (item if "<title>" in item else f"<title>Iets</title>{item}" for item in inside)
    items = "".join(f"<item><guid>{number}</guid>{item}</item>" for number, item in enumerate(titled))
    body = f'<rss version="2.0" {EV} {XCAL} {GD}><channel><title>Site</title>{items}</channel></rss>'
    with clock.frozen(NOW):
        return parse(body.encode(), {}, URL, agenda=CALENDAR).items


def short(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def said(one: Happening) -> Sequence[str]:
    start = short(one.starts_at) + (" W" if one.all_day else "")
    status = "" if one.status == "scheduled" else one.status
    return start, short(one.ends_at), one.origin, one.place, one.online_url, status


@pytest.mark.parametrize("number", range(len(ELEMENTS)))
def test_an_element_says_when_it_takes_place(number: int) -> None:
    item = read(tuple(case[0] for case in ELEMENTS))[number]
    assert item.event
    assert item.hint is None
    assert said(item.event) == ELEMENTS[number][1:]


@pytest.mark.parametrize("number", range(len(HINTS)))
def test_a_mark_a_date_or_words_are_a_hint(number: int) -> None:
    item = read(tuple(case[0] for case in HINTS))[number]
    assert item.event is None
    assert item.hint
    assert said(item.hint) == HINTS[number][1:]


@pytest.mark.parametrize("number", range(len(NONE)))
def test_what_is_doubtful_is_an_article(number: int) -> None:
    item = read(tuple(NONE))[number]
    assert (item.event, item.hint) == (None, None)


def test_an_item_of_a_json_feed_may_be_an_event() -> None:
    item = {"id": "1", "title": "Iets", "content_html": f"Op {at('2026-12-03T14:00')}"}
    dated = {"id": "2", "title": "Iets", "date_published": "2026-12-03T14:00:00Z", "tags": ["agenda"]}
    spoken = {"id": "3", "title": "Studiedag", "content_text": "donderdag 3 december om 14u"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item, dated, spoken]})
    with clock.frozen(NOW):
        items = parse(body.encode(), {}, URL, agenda=CALENDAR).items
    hints = [item.hint for item in items if item.hint]
    assert [(hint.origin, short(hint.starts_at)) for hint in hints] == [
        ("time", "2026-12-03 13:00"),
        ("date", "2026-12-03 14:00"),
        ("text", "2026-12-03 13:00"),
    ]


def test_an_element_names_its_zone() -> None:
    starts = '<xCal:dtstart tzid="{}">20261203T140000</xCal:dtstart>'
    items = read((starts.format("Europe/London"), starts.format("Mars/Olympus"), ev("2026-12-03T14:00Z")))
    assert [item.event.zone for item in items if item.event] == ["Europe/London", "", ""]


def test_an_item_whose_bytes_are_known_is_read_again_when_staff_mark_its_feed() -> None:
    item = "<item><title>Taal</title><pubDate>Thu, 03 Dec 2026 14:00:00 +0100</pubDate></item>"
    body = f"<rss version='2.0'><channel><title>Site</title>{item}</channel></rss>".encode()
    with clock.frozen(NOW):
        before = parse(body, {}, URL)
        known = Known(before.frame, before.digests)
        assert parse(body, {}, URL, known).items == []
        [found] = parse(body, {}, URL, known, Agenda(everything=True)).items
    assert found.hint


def test_the_text_of_no_more_than_five_hundred_items_is_searched() -> None:
    hints = Hints(ZoneInfo("Europe/Brussels"), NOW)
    found = [hints.of("Studiedag", "Op 3 december, 14u", [], None) for _ in range(510)]
    assert sum(hint is not None for hint in found) == 500


def test_everything_in_a_feed_that_staff_marked_is_an_event() -> None:
    body = "<rss><channel><item><title>Taal</title><pubDate>Thu, 03 Dec 2026 14:00:00 +0100</pubDate></item>"
    with clock.frozen(NOW):
        [item] = parse((body + "</channel></rss>").encode(), {}, URL, agenda=Agenda(everything=True)).items
    assert item.hint
    assert said(item.hint)[:3] == ("2026-12-03 13:00", "", "date")
