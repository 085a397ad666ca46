"""The feeds of the systems that Flemish schools use, read as the system means them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from outreach.feeds.parsing import Feed, Happening, Item, parse, parse_page
from tests.fakes.cms import the_events_calendar, typo3, wordpress
from tests.fakes.cms.content import HOME, Meeting, meetings, stories
from tests.fakes.cms.systems import SYSTEMS


def read(body: bytes) -> Feed:
    return parse(body, {}, f"{HOME}/feed/")


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_articles_of_each_system_are_read_as_written(system: str) -> None:
    cms = SYSTEMS[system]
    written = stories()
    feed = read(cms.write(written, HOME))
    assert feed.complete
    # WordPress turns straight quotes into curly ones.
    titles = [item.title.replace("’", "'") for item in feed.items]
    assert titles == [story.title for story in written]
    assert [item.published_at for item in feed.items] == [story.published for story in written]
    assert [item.author for item in feed.items] == [story.author for story in written]
    for story, item in zip(written, feed.items, strict=True):
        names = {"home": HOME, "n": story.number, "slug": story.slug}
        assert (item.guid, item.link) == (cms.guid.format(**names), cms.link.format(**names))
        assert item.summary.startswith(story.text)
        assert item.event is None


@pytest.mark.parametrize("system", [name for name in SYSTEMS if name != "rdf"])
def test_the_pictures_of_each_system_are_found(system: str) -> None:
    written = stories()
    feed = read(SYSTEMS[system].write(written, HOME))
    assert [item.image_url for item in feed.items] == [story.image for story in written]


@pytest.mark.parametrize("system", ["wordpress", "typo3", "atom", "json"])
def test_the_categories_of_each_system_are_read(system: str) -> None:
    written = stories()
    feed = read(SYSTEMS[system].write(written, HOME))
    assert [item.categories for item in feed.items] == [list(story.categories) for story in written]


@pytest.mark.parametrize("system", ["wordpress", "drupal", "joomla", "typo3", "atom", "json"])
def test_the_language_of_the_site_is_read(system: str) -> None:
    assert read(SYSTEMS[system].write(stories(2), HOME)).language.lower()[:2] == "nl"


def test_wordpress_without_whole_texts_has_the_excerpt_without_its_ellipsis_in_brackets() -> None:
    [long] = stories(1)
    long.text = "Woord " * 80
    [item] = read(wordpress.feed([long], excerpts=True)).items
    assert item.summary.startswith("Woord Woord")
    assert "[" not in item.summary


def happening(item: Item) -> tuple[datetime, datetime | None, bool]:
    assert item.event is not None
    return item.event.starts_at, item.event.ends_at, item.event.all_day


def expected(one: Meeting, *, ends: bool = True) -> tuple[datetime, datetime | None, bool]:
    after = one.ends
    if one.all_day:
        after = one.starts + timedelta(days=1)
    return one.starts.astimezone(UTC), after.astimezone(UTC) if ends else None, one.all_day


def test_the_events_calendar_writes_the_start_of_an_event_as_its_date() -> None:
    planned = meetings()
    feed = read(the_events_calendar.rss(planned))
    by_start = sorted(planned, key=lambda one: one.starts)
    assert [item.title for item in feed.items] == [one.title for one in by_start]
    assert [item.published_at for item in feed.items] == [one.starts.astimezone(UTC) for one in by_start]
    assert feed.items[0].guid == f"{HOME}/?post_type=tribe_events&p={by_start[0].number}"
    assert feed.items[0].link == f"{HOME}/evenement/{by_start[0].slug}/"


def events_as_planned(feed: Feed, planned: list[Meeting]) -> list[Happening]:
    """The events of a feed of The Events Calendar, each seen to be what was planned."""
    items = {item.title: item for item in feed.items}
    assert len(items) == len(planned)
    events = []
    for one in planned:
        item = items[one.title]
        assert item.guid == f"{one.number}@kleuterkracht.example"
        assert (item.link, item.image_url) == (the_events_calendar.link(one), one.image)
        assert (item.categories, item.published_at) == (["Vorming"], one.published)
        assert happening(item) == expected(one)
        assert item.event is not None
        events.append(item.event)
    return events


def test_the_calendar_of_the_events_calendar_is_read() -> None:
    planned = meetings()
    feed = read(the_events_calendar.ical(planned))
    for event in events_as_planned(feed, planned):
        assert event.place.startswith("Campus Zonneveld, Zonnestraat 1, Gent")


def test_the_rest_answer_of_the_events_calendar_names_each_event_in_both_clocks() -> None:
    planned = meetings()
    answer = json.loads(the_events_calendar.rest(planned))
    assert answer["total"] == len(planned)
    first = answer["events"][0]
    assert (first["id"], first["start_date"], first["utc_start_date"]) == (
        901,
        "2026-04-22 09:30:00",
        "2026-04-22 07:30:00",
    )


def test_the_rest_answer_of_the_events_calendar_is_read_as_its_calendar() -> None:
    planned = meetings()
    address = f"{HOME}/wp-json/tribe/events/v1/events?per_page=50"
    feed = parse(the_events_calendar.rest(planned), {"content-type": "application/json"}, address)
    assert (feed.version, feed.home, feed.complete) == ("tec-rest", f"{HOME}/", False)
    for event in events_as_planned(feed, planned):
        assert (event.origin, event.zone) == ("calendar", "Europe/Brussels")
        assert event.place == "Campus Zonneveld, Zonnestraat 1, 9000 Gent"


@pytest.mark.parametrize("number", [0, 1])
def test_the_page_of_an_event_of_the_events_calendar_is_read(number: int) -> None:
    one = meetings()[number]
    address = the_events_calendar.link(one)
    page = parse_page(the_events_calendar.page(one), {"content-type": "text/html; charset=UTF-8"}, address)
    assert page.event is not None
    assert (page.event.starts_at, page.event.ends_at) == expected(one)[:2]
    assert page.event.place.startswith("Campus Zonneveld")
    assert (page.image_url, page.canonical) == (one.image, address)


def test_the_events_of_typo3_are_read() -> None:
    planned = meetings()
    items = {item.title: item for item in read(typo3.feed(planned)).items}
    for one in planned:
        assert happening(items[one.title]) == expected(one, ends=not one.all_day)
        assert items[one.title].event.place == "Campus Zonneveld, Gent"  # type: ignore[union-attr]
