"""An event that was announced and is taken off the website perhaps does not take place."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds import enriching, storing
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Feed, Happening, Item, parse
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db

HOME = "https://kleuter.example"


def told(entry: Entry) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(entry)).order_by("pk")]


def calendar(days: list[int]) -> bytes:
    """Events on these days of April, made in another order than they take place."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for day in days:
        lines += ["BEGIN:VEVENT", f"UID:{day}", f"SUMMARY:Dag {day}", f"URL:{HOME}/dag-{day}"]
        lines += [f"DTSTART:202604{day:02}T120000Z", f"CREATED:202603{day * 7 % 10 + 1:02}T120000Z"]
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def look(source: Source, days: list[int], now: datetime = NOON) -> list[str]:
    """One look at the calendar; what is away since."""
    with clock.frozen(now):
        storing.store(source, parse(calendar(days), {}, source.url), now)
    return list(Entry.objects.filter(withdrawn_at=now).values_list("title", flat=True))


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def item(number: int, **more: Any) -> Item:
    return Item(
        guid=f"{HOME}/?p={number}",
        link=f"{HOME}/{number}",
        title=f"Titel nummer {number}",
        summary=f"Iets heel bijzonders nummer {number}",
        published_at=NOON - number * DAY,
        **more,
    )


ANNOUNCED = item(1, event=Happening(NOON + 30 * DAY))
OTHERS = [item(number) for number in range(2, 10)]


def feed_of(*items: Item) -> Feed:
    return Feed(
        url=HOME,
        title="",
        home=HOME,
        language="nl",
        version="rss20",
        cut=False,
        complete=True,
        items=list(items),
    )


def watched(name: str, *, read_pages: bool = True) -> Source:
    return Source.objects.create(
        name=name,
        url=f"{HOME}/{name}",
        site="kleuter.example",
        baseline_at=NOON - 9 * DAY,
        read_pages=read_pages,
    )


def announced(source: Source) -> Entry:
    storing.store(source, feed_of(*OTHERS), NOON)
    storing.store(source, feed_of(ANNOUNCED, *OTHERS), NOON + HOUR)
    Entry.objects.filter(link=ANNOUNCED.link).update(state="planned", question="", page_due_at=None)
    return Entry.objects.get(link=ANNOUNCED.link)


@pytest.mark.parametrize("read_pages", [True, False])
def test_of_an_announced_event_that_leaves_the_feed_its_page_decides(db: None, *, read_pages: bool) -> None:
    """The feed may be ordered by last change: it fell off the end. Without a page the feed is believed."""
    source = watched("A", read_pages=read_pages)
    entry = announced(source)
    for hours in (2, 3):
        storing.store(source, feed_of(*OTHERS), NOON + hours * HOUR)
    entry.refresh_from_db()
    at = NOON + 2 * HOUR
    assert (entry.page_due_at, entry.withdrawn_at) == ((at, None) if read_pages else (None, at))
    assert [line.startswith("The website does not show") for line in told(entry)].count(True) == (
        0 if read_pages else 1
    )


def test_what_another_feed_of_the_site_still_shows_is_there(db: None) -> None:
    first, second = watched("A", read_pages=False), watched("B", read_pages=False)
    entry = announced(first)
    for hours in (2, 4, 6):
        storing.store(first, feed_of(*OTHERS), NOON + hours * HOUR)
        storing.store(second, feed_of(ANNOUNCED), NOON + (hours + 1) * HOUR)
    entry.refresh_from_db()
    assert entry.withdrawn_at is None
    assert told(entry)[-1] == "It is back on the website."
    assert told(entry).count("It is back on the website.") == 1


def test_an_announced_event_that_is_taken_off_the_site_is_marked_until_it_begins(
    site: Website, source: Source
) -> None:
    to_come, begun = site.add_article("Vertelavond"), site.add_article("Lezing")
    poll(source)
    for article, days in [(to_come, 20), (begun, -1)]:
        entry = Entry.objects.get(title=article.title)
        Event.objects.create(entry=entry, starts_at=NOON + timedelta(days=days))
        site.remove_article(article)
        site.heads[f"/{article.title.lower()}/"] = None
    Entry.objects.filter(state="new").update(state="planned", page_due_at=None)
    for hours in (2, 3):
        poll(source, hours)
        look_at_pages(NOON + hours * HOUR)
    marked = Entry.objects.get(page_gone_at__isnull=False)
    assert (marked.title, marked.page_gone_at) == ("Vertelavond", NOON + 2 * HOUR)
    assert any(line.startswith("The page of this event is gone") for line in told(marked))
    site.articles.insert(0, to_come)
    site.heads["/vertelavond/"] = ""
    poll(source, 28)
    look_at_pages(NOON + 28 * HOUR)
    look_at_pages(NOON + 14 * DAY)
    assert not Entry.objects.filter(missing_at__isnull=False, title="Vertelavond").exists()
    assert not Entry.objects.filter(page_gone_at__isnull=False).exists()


def look_at_pages(now: datetime) -> None:
    with clock.frozen(now):
        while enriching.enrich_one(now):
            pass


def test_in_a_calendar_an_event_is_gone_when_later_ones_are_still_there() -> None:
    source = Source.objects.create(name="Agenda", url=f"{HOME}/agenda.ics", site="kleuter.example")
    days = list(range(1, 9))
    look(source, days)
    Entry.objects.update(state="planned")
    assert look(source, [1, 2, 4, 5, 6, 7], NOON + timedelta(hours=1)) == ["Dag 3"]
    assert look(source, days, NOON + timedelta(hours=2)) == []
    assert not Entry.objects.filter(withdrawn_at__isnull=False).exists()


def test_an_event_that_has_begun_may_leave_the_calendar() -> None:
    source = Source.objects.create(name="Agenda", url=f"{HOME}/agenda.ics", site="kleuter.example")
    look(source, list(range(1, 9)))
    Entry.objects.update(state="planned")
    Event.objects.filter(entry__title="Dag 1").update(starts_at=NOON)
    assert look(source, list(range(2, 9)), NOON + timedelta(hours=1)) == []
