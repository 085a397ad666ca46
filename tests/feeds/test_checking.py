"""What is good and bad about a feed, and what a website offers to watch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.core.errors import BadInput
from outreach.feeds import checking, discovering
from outreach.feeds.parsing import FeedError
from outreach.feeds.sources import NotAFeed, Unreachable, add_source
from tests.fakes.cms import the_events_calendar
from tests.fakes.cms.content import meetings
from tests.fakes.website import Website, png
from tests.feeds import hostile

RSS = "application/rss+xml; charset=utf-8"


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        for title in ("Spelen met taal", "Rekenen", "Samen lezen", "Zingen", "Tekenen"):
            website.add_article(title)
        yield website


def told(site: Website) -> dict[str, str]:
    """Each sentence with its level."""
    _, findings = checking.check(site.feed_url)
    return {str(finding.sentence): finding.level for finding in findings}


def items(*parts: str) -> tuple[bytes, str]:
    inside = "".join(f"<item>{part}</item>" for part in parts)
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>".encode(), RSS


def test_a_good_feed_is_praised_for_what_is_good(site: Website) -> None:
    found = told(site)
    assert found["Each entry has an id of its own, which stays."] == "good"
    assert found["Each entry has a date."] == "good"
    assert found["Each entry has a summary."] == "good"
    assert found["It shows enough entries: 5."] == "good"
    assert found["The website says when nothing is new, so that looking costs next to nothing."] == "good"
    assert found["Entries without a picture: 5 of 5. Their own pages are looked at for one."] == "advice"


def test_what_is_bad_comes_first(site: Website) -> None:
    levels = list(told(site).values())
    assert levels == sorted(levels, key=("bad", "advice", "good").index)


def test_a_website_without_marks_of_change_is_told(site: Website) -> None:
    site.validators = False
    assert "The website sends the whole feed each time: it has no ETag and no Last-Modified." in told(site)


ARTICLE = "<title>{0}</title><link>https://site.example/{0}</link><guid>{0}</guid><pubDate>{1}</pubDate>"


@pytest.mark.parametrize(
    ("parts", "sentence", "level"),
    [
        ([], "The feed is empty.", "bad"),
        (["<title>a</title>"], "Entries without a link to their page: 1.", "bad"),
        (
            ["<title>a</title>"],
            "Entries without an id (guid): 1. If their address changes they look new.",
            "advice",
        ),
        (["<title>a</title>"], "No entry has a date that can be read.", "bad"),
        (["<title>a</title>"], "It shows few entries (1): of more at once, some are never seen.", "advice"),
        (
            [f"<title>{n}</title><link>https://x.example/{n}</link><guid>zelfde</guid>" for n in "ab"],
            "Entries that share their id (guid) with another: 1. Each needs one of its own.",
            "bad",
        ),
        (
            [ARTICLE.format(n, "Wed, 25 Nov 2026 10:00:00 +0100") for n in "abc"],
            "All entries have the same date: probably that of the feed itself.",
            "bad",
        ),
        (
            [ARTICLE.format("a", "Wed, 25 Nov 2026 10:00:00 +0100"), ARTICLE.format("b", "gisteren")],
            "Entries without a date that can be read: 1.",
            "advice",
        ),
        (
            ["<title>a</title><link>https://x.example/?utm_source=rss</link>"],
            "Links with marks for statistics (utm_…): 1. Better leave them out.",
            "advice",
        ),
        (
            ["<title>a</title><link>https://elders.example/</link>"],
            "Some entries lead to another website: elders.example.",
            "advice",
        ),
        (
            ["<title>Nieuws</title><link>https://x.example/1</link>", "<title>Nieuws</title>"],
            "Titles used more than once: 1. One that says what is new is read more.",
            "advice",
        ),
        (
            ["<title>a</title><description>&lt;img src='https://x.example/a.jpg'&gt;</description>"],
            "Pictures without words for people who cannot see them (alt): 1 of 1.",
            "advice",
        ),
    ],
)
def test_what_is_wrong_is_told(site: Website, parts: list[str], sentence: str, level: str) -> None:
    site.instead = items(*parts)
    assert told(site).get(sentence) == level


def test_ids_that_change_at_each_look_are_told(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    site.validators = False
    whole, numbers = site.feed, iter(range(9))
    monkeypatch.setattr(site, "feed", lambda: whole().replace(b"?p=", b"?p=%d" % next(numbers)))
    assert told(site)["The ids (guid) change at each look. They must stay the same for ever."] == "bad"


def test_events_are_counted(site: Website) -> None:
    site.instead = (hostile.calendar("", 6).replace(b"20260302", b"20300302"), "text/calendar")
    assert told(site)["Events with a date that programs can read: 6."] == "good"


def test_a_file_is_for_preview(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text("<rss/>")
    with pytest.raises(BadInput, match="outreach preview"):
        checking.check(str(path))


def test_a_page_cannot_be_checked(site: Website) -> None:
    with pytest.raises(FeedError):
        checking.check(site.url)


def test_what_a_page_announces_is_offered(site: Website) -> None:
    found = discovering.offers(f"{site.url}/", [site.feed_url])
    assert [(offer.url, offer.count, offer.is_calendar) for offer in found] == [(site.feed_url, 5, False)]
    assert found[0].newest == max(article.published for article in site.articles if article.published)


def test_a_page_that_announces_nothing_is_helped_by_trying(site: Website) -> None:
    assert [offer.url for offer in discovering.offers(f"{site.url}/over-ons/", [])] == [site.feed_url]


def test_a_calendar_is_found_too(site: Website) -> None:
    site.also["/events/?ical=1"] = (
        hostile.calendar("", 3).replace(b"20260302", b"20300302"),
        "text/calendar",
    )
    found = discovering.offers(site.url, [site.feed_url])
    assert [(offer.is_calendar, offer.count) for offer in found] == [(False, 5), (True, 3)]


def test_the_events_of_a_plug_in_are_found_by_its_rest_interface(site: Website) -> None:
    address = "/wp-json/tribe/events/v1/events?per_page=50"
    site.also[address] = (the_events_calendar.rest(meetings()), "application/json")
    found = discovering.offers(site.url, [site.feed_url])
    assert [(offer.url, offer.events) for offer in found] == [(site.feed_url, 0), (f"{site.url}{address}", 3)]


def test_the_same_feed_at_two_addresses_is_offered_once(site: Website) -> None:
    assert len(discovering.offers(site.url, [site.feed_url, f"{site.feed_url}?format=2"])) == 1


@pytest.mark.django_db
def test_pasting_the_address_of_a_page_offers_its_feeds(site: Website) -> None:
    with pytest.raises(NotAFeed) as caught:
        add_source(site.url)
    assert [offer.url for offer in caught.value.offers] == [site.feed_url]
    assert site.feed_url in str(caught.value)


@pytest.mark.django_db
def test_a_feed_that_is_watched_already_is_offered_as_such(site: Website) -> None:
    add_source(site.feed_url)
    with pytest.raises(NotAFeed) as caught:
        add_source(site.url)
    assert [offer.watched for offer in caught.value.offers] == [True]


@pytest.mark.django_db
def test_a_server_without_https_is_reached_when_no_scheme_was_typed(site: Website) -> None:
    with pytest.raises(Unreachable):
        add_source(site.feed_url.replace("http://", "https://"))
    source = add_source(site.feed_url.removeprefix("http://"))
    assert source.url == site.feed_url


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (png(), "a picture or a document"),
        (b"%PDF-1.7 ...", "a picture or a document"),
        (b"Hallo", "not a feed"),
    ],
)
def test_what_is_no_feed_is_named(site: Website, body: bytes, sentence: str) -> None:
    site.instead = (body, "application/octet-stream")
    with pytest.raises(BadInput, match=sentence):
        add_source(site.feed_url)


@pytest.mark.django_db
def test_a_mail_address_is_told_from_a_web_address() -> None:
    with pytest.raises(BadInput, match=r"mail address.*www\.school\.example"):
        add_source("info@school.example")


@pytest.mark.django_db
def test_a_website_without_a_feed_is_told_what_to_ask_for(site: Website) -> None:
    site.mode = "404"
    site.heads["/"] = None
    with pytest.raises(BadInput, match=r"127\.0\.0\.1"):
        add_source(f"{site.url}/")
    site.heads["/"] = ""
    with pytest.raises(BadInput, match="Ask whoever makes the website"):
        add_source(f"{site.url}/")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" www.site.be/x ", "https://www.site.be/x"),
        ("webcal://site.be/a.ics", "https://site.be/a.ics"),
        ("http://site.be", "http://site.be"),
        ("", ""),
    ],
)
def test_addresses_are_taken_as_people_paste_them(typed: str, address: str) -> None:
    assert discovering.with_scheme(typed) == address


def test_links_to_calendars_count_as_announced() -> None:
    from outreach.feeds.cleaning import feeds_of

    page = (
        "<link rel=alternate type=application/rss+xml href=/feed/><a href='webcal://site.be/agenda'>Agenda</a>"
        "<a href='/kalender.ics?x=1'>ics</a><a href='/comments/feed/'>Reacties</a><a href='/over'>Over</a>"
    )
    assert feeds_of(page, "https://site.be/") == [
        "https://site.be/feed/",
        "https://site.be/agenda",
        "https://site.be/kalender.ics?x=1",
    ]
