"""A source that is added and forgotten: feeds move, websites ask for patience, and some fall silent."""

from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.core.http import Fetched
from outreach.core.models import Activity, subject_of
from outreach.feeds import freshness, moving, polling, silence
from outreach.feeds.models import Entry, Source
from outreach.feeds.parsing import Feed, parse
from outreach.feeds.sources import add_source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db
DAY = 24


def said(source: Source) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(source)).order_by("pk")]


def new_titles() -> list[str]:
    return list(Entry.objects.filter(state="new").order_by("pk").values_list("title", flat=True))


def test_a_feed_that_moved_for_good_is_watched_at_its_new_address_after_a_week(site: Website, source: Source):
    site.mode, site.redirect_to = "moved", f"{site.url}/new-feed/"
    old = source.url
    for day in range(1, 8):
        assert poll(source, day * DAY).url == old
    poll(source, 8 * DAY + 1)
    assert source.url == f"{site.url}/new-feed/"
    assert said(source)[-1] == f"The feed moved from {old} to {source.url}; it is watched there."
    site.mode = "404"
    site.add_article("Op het nieuwe adres")
    poll(source, 9 * DAY)
    assert new_titles() == ["Op het nieuwe adres"]


def test_a_move_that_is_taken_back_is_forgotten(site: Website, source: Source):
    old = source.url
    for day, mode in enumerate(["moved", "moved", "", "moved", "moved"], 1):
        site.mode, site.redirect_to = mode, f"{site.url}/new-feed/"
        poll(source, day * 3 * DAY)
    assert source.url == old


@pytest.mark.parametrize("mode", ["redirect", "moved-by-way-of"])
def test_a_redirect_for_now_is_followed_and_never_remembered(site: Website, source: Source, mode: str):
    site.mode, site.redirect_to = mode, f"{site.url}/new-feed/"
    site.add_article("Elders te lezen")
    for week in range(1, 4):
        poll(source, week * 7 * DAY)
    assert source.url == site.feed_url
    assert new_titles() == ["Elders te lezen"]


@pytest.mark.parametrize(
    ("old", "new", "at_once"),
    [
        ("http://school.example/feed/", "https://school.example/feed/", True),
        ("http://school.example/feed/", "https://www.school.example/feed/", False),
        ("http://school.example/feed/", "https://school.example/rss/", False),
        ("https://school.example/feed/", "https://school.example/feed", False),
    ],
)
def test_only_the_step_to_https_is_believed_at_once(old: str, new: str, at_once: bool):
    source = Source.objects.create(name="School", url=old, site="school.example")
    moving.follow(source, Fetched(200, new, {}, b"", moved_to=new), NOON)
    assert (source.url == new) is at_once


def test_two_sources_never_come_to_have_one_address():
    new = "https://school.example/feed/"
    Source.objects.create(name="Nieuw", url=new, site="school.example")
    source = Source.objects.create(name="Oud", url="http://school.example/feed/", site="school.example")
    moving.follow(source, Fetched(200, new, {}, b"", moved_to=new), NOON)
    assert source.url == "http://school.example/feed/"


@pytest.mark.parametrize(
    ("headers", "ttl", "minutes"),
    [
        ({}, 0, 15),
        ({"cache-control": "max-age=60"}, 0, 15),
        ({"cache-control": "public, max-age=1800"}, 0, 30),
        ({"cache-control": "max-age=1800", "age": "600"}, 0, 20),
        ({"cache-control": "max-age=86400"}, 0, 60),
        ({"cache-control": "s-maxage=3000"}, 0, 15),
        ({"cache-control": "max-age=soon"}, 0, 15),
        ({}, 45, 45),
        ({}, 5, 15),
        ({"cache-control": "max-age=2400"}, 45, 45),
    ],
)
def test_a_website_may_ask_for_longer_pauses_up_to_an_hour(headers: dict[str, str], ttl: int, minutes: int):
    feed = Feed("", "", "", "", "", cut=False, complete=True, items=[], ttl=ttl)
    found = freshness.wait(Source(interval_minutes=15), Fetched(200, "", headers, b""), feed)
    assert found == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "minutes"), [("60", 60), (" 5 ", 5), ("soon", 0), ("-1", 0), ("9999999", 0)]
)
def test_the_ttl_of_a_feed_is_read(text: str, minutes: int):
    body = f"<rss version='2.0'><channel><title>a</title><ttl>{text}</ttl></channel></rss>"
    assert parse(body.encode(), {}, "https://a.example/").ttl == minutes


def test_the_pause_that_a_website_asks_for_is_kept(site: Website, source: Source):
    site.cache_control = "max-age=3600"
    site.add_article("Nieuw")
    poll(source, 1)
    assert source.next_poll_at >= NOON + timedelta(minutes=60 + 57)


def test_one_website_is_asked_one_thing_at_a_time(site: Website, source: Source):
    with clock.frozen(NOON):
        other = add_source(f"{site.url}/new-feed/")
    later = NOON + timedelta(hours=2)
    Source.objects.filter(pk=source.pk).update(lease_until=later + timedelta(minutes=1), claim="busy")
    assert other.site == source.site
    with clock.frozen(later):
        assert not polling.poll_one(later)
    Source.objects.filter(pk=source.pk).update(lease_until=None, claim="")
    with clock.frozen(later):
        assert polling.poll_one(later)


def _published(source: Source, days_ago: list[float]) -> None:
    for number, days in enumerate(days_ago):
        moment = NOON - timedelta(days=days)
        Entry.objects.create(
            source=source,
            title=str(number),
            language="nl",
            content_hash=str(number),
            first_seen_at=moment,
            published_at=moment,
        )


@pytest.mark.parametrize(
    ("days_ago", "silent"),
    [
        ([20, 21, 22, 23], False),  # a quiet three weeks is nothing
        ([22, 23, 24, 25], True),  # from a site that writes each day
        ([60, 90, 120, 150], False),  # monthly: two months are no silence
        ([181, 211, 241, 271], True),
        ([400, 401], False),  # too little to know
        ([], False),
    ],
)
def test_silence_is_measured_by_what_is_usual(days_ago: list[float], silent: bool):
    source = Source.objects.create(name="School", url="https://school.example/feed/", site="school.example")
    _published(source, days_ago)
    silence.notice(source, NOON)
    assert (source.silent_at is not None) is silent


def test_silence_is_said_once_and_forgotten_when_something_new_comes():
    source = Source.objects.create(name="School", url="https://school.example/feed/", site="school.example")
    _published(source, [40, 41, 42])
    for day in range(3):
        silence.notice(source, NOON + timedelta(days=day))
    [line] = said(source)
    assert line == "Nothing new for 40 days, which is unusual. Is this still the feed of the website?"
    _published(source, [0])
    silence.notice(source, NOON)
    assert source.silent_at is None
