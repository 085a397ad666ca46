"""From the bytes of a feed to the event that is stored: believed, asked about, cancelled."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds import asking, enriching, events, storing
from outreach.feeds.looking import agenda_of
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening, parse, parse_page
from tests.feeds.test_events_from_feeds import EV, URL, at, dated, ev, html, short
from tests.feeds.writing import HOME, NOW

pytestmark = pytest.mark.django_db

REST = {
    "events": [
        {
            "id": 7,
            "title": "Dag",
            "url": f"{HOME}/dag",
            "start_date": "2026-12-03 14:00:00",
            "end_date": "2026-12-03 16:00:00",
            "utc_start_date": "2026-12-03 13:00:00",
            "utc_end_date": "2026-12-03 15:00:00",
            "timezone": "Europe/Brussels",
        }
    ],
    "rest_url": f"{HOME}/wp-json/tribe/events/v1/events/",
}
ICAL = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Dag\r\nURL:{url}\r\n"
    "DTSTART;TZID=Europe/Brussels:20261203T140000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).format(url=f"{HOME}/dag")
LINKED = (
    '<html><script type="application/ld+json">{"@type":"Event","name":"Dag",'
    '"startDate":"2026-12-03T14:00:00+01:00"}</script></html>'
)


def item(inside: str) -> str:
    return (
        f'<rss version="2.0" {EV}><channel><item><title>Dag</title><link>{HOME}/dag</link>{inside}</item>'
        "</channel></rss>"
    )


FEED_OF = {
    "calendar": ICAL,
    "feed": item(ev("2026-12-03T14:00:00+01:00")),
    "time": item(html(at("2026-12-03T14:00"))),
    "date": item(dated("Thu, 03 Dec 2026 14:00:00 +0100", "Agenda")),
    "text": item("<category>Studiedag</category>" + html("Donderdag 3 december om 14 uur")),
}


def watched(**columns: object) -> Source:
    values = {"url": URL, "agenda_categories": ["Agenda"], "baseline_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return Source.objects.create(name="Site", site="kleuter.example", **values | columns)


def look(source: Source, body: str, now: datetime = NOW) -> Entry:
    """One look at the feed; the entry that it shows."""
    with clock.frozen(now):
        feed = parse(body.encode(), {}, source.url, agenda=agenda_of(source))
        storing.store(source, feed, now)
    return Entry.objects.select_related("event", "source").get()


def look_at_page(entry: Entry, body: str) -> Entry:
    with clock.frozen(NOW):
        page = parse_page(body.encode(), {"content-type": "text/html"}, entry.link)
        enriching._use(entry, page, NOW)
    return Entry.objects.select_related("event", "source").get()


@pytest.mark.parametrize("origin", ["calendar", "feed"])
@pytest.mark.parametrize("doubt", ["ask", "trust", "never"])
def test_what_the_data_of_a_website_say_is_an_event(origin: str, doubt: str) -> None:
    entry = look(watched(doubtful_dates=doubt), FEED_OF[origin])
    event = events.event_of(entry)
    assert event
    assert (event.origin, event.trust, short(event.starts_at)) == (origin, "sure", "2026-12-03 13:00")
    assert event.zone == ("Europe/Brussels" if origin == "calendar" else "")
    assert entry.question == ""


@pytest.mark.parametrize("origin", ["time", "date", "text"])
@pytest.mark.parametrize(("doubt", "trust"), [("ask", "asked"), ("trust", "sure"), ("never", "")])
def test_what_is_only_a_hint_is_asked_about_unless_staff_said_otherwise(
    origin: str, doubt: str, trust: str
) -> None:
    entry = look(watched(doubtful_dates=doubt), FEED_OF[origin])
    event = Event.objects.filter(entry=entry).first()
    assert (event.trust if event else "") == trust
    assert bool(events.event_of(entry)) == (trust == "sure")
    assert entry.question == ("event" if trust == "asked" else "")
    assert event is None or (event.origin, short(event.starts_at)) == (origin, "2026-12-03 13:00")


def test_the_rest_answer_of_the_event_plug_in_is_a_calendar() -> None:
    event = events.event_of(look(watched(), json.dumps(REST)))
    assert event
    assert (event.origin, event.zone, event.trust) == ("calendar", "Europe/Brussels", "sure")
    assert (short(event.starts_at), short(event.ends_at)) == ("2026-12-03 13:00", "2026-12-03 15:00")


@pytest.mark.parametrize("origin", ["time", "date", "text"])
def test_the_data_of_the_page_answer_the_question(origin: str) -> None:
    entry = look_at_page(look(watched(), FEED_OF[origin]), LINKED.replace("T14:00", "T15:00"))
    event = events.event_of(entry)
    assert event
    assert (event.origin, event.trust, short(event.starts_at)) == ("page", "sure", "2026-12-03 14:00")
    assert entry.question == ""


def test_the_calendar_counts_more_than_the_page_and_the_page_more_than_the_feed() -> None:
    entry = look_at_page(look(watched(), FEED_OF["feed"]), LINKED.replace("T14:00", "T15:00"))
    assert short(entry.event.starts_at) == "2026-12-03 14:00"
    other = watched(url=f"{HOME}/agenda.ics")
    entry = look(other, ICAL.replace("T140000", "T160000"))
    assert (entry.event.origin, short(entry.event.starts_at)) == ("calendar", "2026-12-03 15:00")
    entry = look(entry.source, item(ev("2026-12-04T14:00:00+01:00")))
    assert short(entry.event.starts_at) == "2026-12-03 15:00"


@pytest.mark.parametrize(
    ("title", "status", "words"),
    [
        ("GEANNULEERD: Dag", "cancelled", "The event is cancelled, says the website."),
        ("Dag (uitgesteld)", "postponed", "The event is postponed, says the website."),
        ("Dag annulée", "cancelled", "The event is cancelled, says the website."),
    ],
)
@pytest.mark.parametrize("origin", ["feed", "time", "text"])
def test_a_word_in_the_title_cancels_what_was_known(origin: str, title: str, status: str, words: str) -> None:
    source = watched()
    entry = look(source, FEED_OF[origin])
    if entry.question:
        asking.it_is_an_event(entry)
    entry = look(source, FEED_OF[origin].replace("<title>Dag<", f"<title>{title}<"))
    event = events.event_of(entry)
    assert event
    assert (event.status, event.version) == (status, 1)
    assert words in [str(row.sentence) for row in Activity.objects.filter(subject=subject_of(entry))]


def test_an_event_whose_date_staff_corrected_is_called_off_by_the_website_all_the_same() -> None:
    source = watched()
    entry = look(source, FEED_OF["feed"])
    asking.it_is_an_event(entry, when=Happening(starts_at=NOW + timedelta(days=20)))
    for text in ("Ach.", "Helaas."):
        cancelled = FEED_OF["feed"].replace("<title>Dag<", "<title>GEANNULEERD: Dag<")
        entry = look(source, cancelled.replace("</item>", f"<description>{text}</description></item>"))
    assert (entry.event.status, entry.event.starts_at) == ("cancelled", NOW + timedelta(days=20))
    told = [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(entry))]
    assert told.count("The event is cancelled, says the website.") == 1


def test_an_event_whose_date_is_over_stays_one() -> None:
    source = watched(doubtful_dates="trust")
    look(source, FEED_OF["date"])
    entry = look(source, FEED_OF["date"], now=datetime(2026, 12, 4, tzinfo=UTC))
    assert short(entry.event.starts_at) == "2026-12-03 13:00"


@pytest.mark.parametrize("doubt", ["ask", "trust"])
def test_words_about_an_event_that_is_over_do_not_move_it_to_the_next_one(doubt: str) -> None:
    source = watched(doubtful_dates=doubt)
    text = "<category>Lezing</category>" + html(
        "Donderdag 3 december om 14 uur. De volgende: 7 januari om 14u."
    )
    entry = look(source, item(text))
    if entry.question:
        asking.it_is_an_event(entry)
    entry = look(source, item(text), now=datetime(2026, 12, 4, tzinfo=UTC))
    event = events.event_of(entry)
    assert event
    assert (short(event.starts_at), event.version, entry.question) == ("2026-12-03 13:00", 0, "")


def test_a_hint_that_the_website_takes_back_is_gone() -> None:
    source = watched()
    look(source, FEED_OF["time"])
    entry = look(source, item(html("Niets.")))
    assert entry.question == ""
    assert events.event_of(entry) is None
