"""What the feed lacks comes from the article's own page, and nothing waits long for it."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds import enriching, events
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Item
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PICTURE = '<meta property="og:image" content="/lezing.png"><meta property="og:image:alt" content="Een zaal">'


def linked(starts: str, status: str = "EventScheduled") -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"Event","name":"Lezing","startDate":"{starts}",'
        f'"eventStatus":"https://schema.org/{status}"}}</script>'
    )


def enrich(hours: float = 1) -> int:
    """Read every page that is due, `hours` after noon; how many there were."""
    now, count = NOON + timedelta(hours=hours), 0
    with clock.frozen(now):
        while enriching.enrich_one(now):
            count += 1
    return count


def lecture(site: Website, source: Source, head: str | None = "") -> Entry:
    """An article that the source shows for the first time, an hour after noon."""
    site.add_article("Lezing", "Een avond over taal.")
    site.heads["/lezing/"] = head
    poll(source)
    return entry()


def entry() -> Entry:
    return Entry.objects.select_related("event").get(title="Lezing")


def told(one: Entry) -> list[str]:
    return [str(row.sentence) for row in Activity.objects.filter(subject=subject_of(one))]


def test_a_picture_that_the_feed_lacks_comes_from_the_page(site: Website, source: Source) -> None:
    lecture(site, source, PICTURE)
    assert enrich() == 1
    found = entry()
    assert (found.image_url, found.image_alt) == (f"{site.url}/lezing.png", "Een zaal")
    assert "Its own page says what the feed does not." in told(found)
    assert enrich(2) == 0


def test_what_the_feed_says_counts(site: Website, source: Source) -> None:
    lecture(site, source, '<meta property="og:description" content="Iets anders.">')
    enrich()
    assert entry().summary == "Een avond over taal."


def test_a_change_in_the_feed_keeps_what_the_page_added(site: Website, source: Source) -> None:
    lecture(site, source, PICTURE)
    enrich()
    site.articles[0].summary = "Een avond over taal en spel."
    poll(source, 2)
    found = entry()
    assert (found.summary, found.image_alt) == ("Een avond over taal en spel.", "Een zaal")
    assert found.changes.get().before == {"summary": "Een avond over taal."}


def test_articles_that_were_there_already_are_not_asked_for(site: Website, source: Source) -> None:
    assert enrich(0) == 0
    assert not [request for request in site.requests if request.path != "/feed/"]


def test_an_event_that_only_its_page_tells_of_is_found(site: Website, source: Source) -> None:
    lecture(site, source, linked("2026-04-01T20:00"))
    enrich()
    event = events.event_of(entry())
    assert event is not None
    assert event.starts_at == datetime.fromisoformat("2026-04-01T18:00:00+00:00")
    assert event.origin == "page"


def test_it_is_looked_at_daily_until_it_begins(site: Website, source: Source) -> None:
    lecture(site, source, linked("2026-03-12T20:00"))
    assert enrich() == 1
    site.heads["/lezing/"] = linked("2026-03-13T20:00")
    assert enrich(26) == 1
    event = events.event_of(entry())
    assert event is not None
    assert (event.starts_at.day, event.version) == (13, 1)
    site.heads["/lezing/"] = linked("2026-03-13T20:00", "EventCancelled")
    assert enrich(51) == 1
    event = events.event_of(entry())
    assert event is not None
    assert not events.takes_place(event)
    assert enrich(100) == 1  # it has begun by now, and this was the last time
    assert enrich(200) == 0


def test_the_logo_of_a_site_is_no_picture_of_an_article(site: Website, source: Source) -> None:
    for number in range(4):
        site.add_article(f"Lezing {number}")
        site.heads[f"/lezing-{number}/"] = '<meta property="og:image" content="/logo.jpg">'
        poll(source, number + 1)
        enrich(number + 1)
    pictures = Entry.objects.filter(title__startswith="Lezing").order_by("pk")
    assert [bool(one.image_url) for one in pictures] == [True, True, False, False]


def test_a_page_that_is_gone_is_not_asked_for_again(site: Website, source: Source) -> None:
    lecture(site, source, None)
    assert enrich() == 1
    assert enrich(5) == 0
    assert any("Its own page could not be read" in line for line in told(entry()))


def test_a_website_that_does_not_answer_is_asked_three_times(site: Website, source: Source) -> None:
    lecture(site, source)
    Entry.objects.filter(title="Lezing").update(link="http://127.0.0.1:9/lezing/")
    assert [enrich(1 + number) for number in range(5)] == [1, 1, 1, 0, 0]
    assert sum("Its own page could not be read" in line for line in told(entry())) == 1


def test_the_page_of_another_website_is_left_alone(site: Website, source: Source) -> None:
    site.add_article("Elders", link="https://elders.example/artikel/")
    poll(source)
    assert Entry.objects.get(title="Elders").page_due_at is None


def test_a_source_may_be_told_to_leave_pages_alone(site: Website, source: Source) -> None:
    Source.objects.update(read_pages=False)
    assert lecture(site, source, PICTURE).page_due_at is None


def test_two_workers_read_a_page_once(site: Website, source: Source) -> None:
    lecture(site, source, PICTURE)
    now = NOON + HOUR
    Entry.objects.filter(title="Lezing").update(page_due_at=now + timedelta(minutes=4))
    assert not enriching.enrich_one(now)
    assert enriching.enrich_one(now + timedelta(minutes=4))


def test_a_cleaner_spelling_of_its_address_is_used(site: Website, source: Source) -> None:
    site.add_article("Lezing", link=f"{site.url}/lezing/?utm_source=rss")
    site.heads["/lezing/?utm_source=rss"] = f'<link rel="canonical" href="{site.url}/lezing/">'
    poll(source)
    enrich()
    assert entry().link == f"{site.url}/lezing/"


def test_the_address_of_another_page_is_not(site: Website, source: Source) -> None:
    lecture(site, source, f'<link rel="canonical" href="{site.url}/">')
    enrich()
    assert entry().link == f"{site.url}/lezing/"


def test_a_page_that_cannot_be_handled_is_not_tried_without_end(
    site: Website, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of our own")

    one = lecture(site, source, PICTURE)
    monkeypatch.setattr(enriching, "parse_page", broken)
    assert sum(enrich(1 + n) for n in range(6)) == 3
    one.refresh_from_db()
    assert (one.page_tries, one.page_due_at) == (3, None)
    assert any("could not handle this page" in words for words in told(one))


def test_an_address_that_cannot_be_asked_for_is_not_tried_without_end(site: Website, source: Source) -> None:
    one = lecture(site, source)
    Entry.objects.filter(pk=one.pk).update(link="https://xn--/")
    assert sum(enrich(1 + n) for n in range(6)) == 3


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://oud.example/a", True),
        ("https://nieuw.example/a", True),
        ("https://blog.nieuw.example/a", True),
        ("https://school.example/a", True),
        ("https://krant.example/a", False),
        ("https://valsnieuw.example/a", False),
        ("", False),
    ],
)
def test_only_the_pages_of_the_website_itself_are_read(link: str, wanted: bool) -> None:
    source = Source(site="oud.example", url="https://nieuw.example/feed", home="school.example")
    assert enriching.is_wanted(source, Item(title="A", link=link)) == wanted


def test_the_website_is_the_one_that_the_feed_names(site: Website, source: Source) -> None:
    Source.objects.update(site="feeds.example", home="")
    lecture(site, source, PICTURE)
    source.refresh_from_db()
    assert source.home == "127.0.0.1"
    enrich()
    assert entry().image_url == f"{site.url}/lezing.png"


def announced(site: Website, source: Source, days: int = 5) -> Entry:
    """An event that another than its page told of, posted already, on a page that had nothing to add."""
    found = lecture(site, source)
    enrich()
    starts_at = NOON + timedelta(days=days)
    Event.objects.create(entry=found, starts_at=starts_at, origin="calendar")
    Entry.objects.filter(pk=found.pk).update(state="planned")
    return found


def test_the_page_of_an_event_that_comes_near_is_seen_to_be_gone_and_back(
    site: Website, source: Source
) -> None:
    found = announced(site, source)
    assert enrich(2) == 2  # put on the list, and read
    assert enrich(3) == 0
    site.heads["/lezing/"] = None
    assert enrich(27) == 1
    assert entry().page_gone_at == NOON + timedelta(hours=27)
    assert enrich(52) == 1
    assert sum("The page of this event is gone" in line for line in told(found)) == 1
    site.heads["/lezing/"] = ""
    assert enrich(77) == 1
    assert entry().page_gone_at is None
    assert told(found)[-1] == "Its own page is there again."


def test_the_page_of_an_event_far_away_is_looked_at_when_it_comes_near(site: Website, source: Source) -> None:
    announced(site, source, days=30)
    assert enrich(2) == 0
    assert enrich(24 * 23) == 2
    assert entry().page_due_at == NOON + timedelta(days=24)
    assert enrich(24 * 31) == 1
    assert enrich(24 * 32) == 0


def test_where_pages_are_left_alone_no_event_is_looked_after(site: Website, source: Source) -> None:
    announced(site, source)
    Source.objects.update(read_pages=False)
    assert enrich(2) == 0
