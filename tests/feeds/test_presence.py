"""An event that was announced and is taken off the website perhaps does not take place."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds import storing
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import parse
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


def test_an_announced_event_that_is_taken_off_the_site_is_marked_until_it_begins(
    site: Website, source: Source
) -> None:
    to_come, begun = site.add_article("Vertelavond"), site.add_article("Lezing")
    poll(source)
    for article, days in [(to_come, 20), (begun, -1)]:
        entry = Entry.objects.get(title=article.title)
        Event.objects.create(entry=entry, starts_at=NOON + timedelta(days=days))
        site.remove_article(article)
    Entry.objects.filter(state="new").update(state="planned")
    poll(source, 2)
    marked = Entry.objects.get(withdrawn_at__isnull=False)
    assert marked.title == "Vertelavond"
    assert told(marked)[-1].startswith("The website does not show this event any more")
    site.articles.insert(0, to_come)
    poll(source, 3)
    assert not Entry.objects.filter(withdrawn_at__isnull=False).exists()


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
