"""What comes in as bytes and what goes out as clean items."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.feeds.parsing import FeedError, Item, parse
from tests.fakes.rendering import FLAVOURS, Article
from tests.fakes.website import Website
from tests.processes import alone

HOME = "https://www.kleinekinderen.example"
HEADERS = {"content-type": "application/rss+xml; charset=utf-8"}


def article(**changes: object) -> Article:
    values = {
        "number": 12,
        "title": "Spelen met taal",
        "summary": "Kleuters leren spelend.",
        "link": f"{HOME}/spelen/",
        "guid": f"{HOME}/?p=12",
        "published": datetime(2026, 3, 2, 9, tzinfo=UTC),
    }
    return Article(**(values | changes))  # type: ignore[arg-type]


def read(body: str | bytes, url: str = f"{HOME}/feed/") -> list[Item]:
    return parse(body.encode() if isinstance(body, str) else body, HEADERS, url).items


def first(flavour: str = "wordpress", **changes: object) -> Item:
    return read(FLAVOURS[flavour]("Nieuws", HOME, [article(**changes)]))[0]


@pytest.mark.parametrize("flavour", ["wordpress", "drupal", "atom"])
def test_each_kind_of_feed_gives_the_same_article(flavour: str) -> None:
    item = first(flavour)
    assert (item.title, item.summary, item.link) == (
        "Spelen met taal",
        "Kleuters leren spelend.",
        f"{HOME}/spelen/",
    )
    assert item.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert item.guid == (f"12 at {HOME}" if flavour == "drupal" else f"{HOME}/?p=12")


READS = """
import sys
import django
django.setup()
from outreach.feeds.parsing import parse
item = parse(sys.stdin.buffer.read(), {}, "https://example.org/feed/").items[0]
print(item.title, *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_server_process_never_loads_a_parser(tmp_path: Path) -> None:
    """Asked of a process of its own: in this one, other tests call the parsers by hand."""
    body = FLAVOURS["wordpress"]("Nieuws", HOME, [article(title="Spelen")]).encode()
    title, *loaded = alone(tmp_path, "-c", READS, given=body).split()
    assert (title, "django" in loaded) == ("Spelen", True)
    assert set(loaded) & {"feedparser", "icalendar", "nh3", "regex", "dateutil"} == set()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Kind &#8217;s middags", "Kind ’s middags"),
        ("R&amp;D en <em>spel</em>", "R&D en spel"),
        ("Als 5 < 6 en 7 > 2", "Als 5 < 6 en 7 > 2"),
        ("<script>alert(1)</script>Veilig", "Veilig"),
        ("twee\n  regels\u202e\u200b en\u2028tekens", "twee regels en tekens"),
        ("Cafe\u0301", "Café"),
        ("👩‍🏫 voor de klas", "👩‍🏫 voor de klas"),
        ("<a href='/x'>Naar het nieuws</a>", "Naar het nieuws"),
    ],
)
def test_titles_are_clean_text(written: str, read_as: str) -> None:
    assert first(title=written).title == read_as


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("<p>Een.</p><p>Twee.</p>", "Een. Twee."),
        ("Een begin [&#8230;]", "Een begin …"),
        (
            '<p>Tekst.</p>\n<p>The post <a href="x">Spelen</a> appeared first on <a href="y">Kind</a>.</p>',
            "Tekst.",
        ),
        ("<p>Tekst.</p><p>Het bericht Spelen verscheen eerst op Kind.</p>", "Tekst."),
        ("<style>p{}</style>Tekst<!-- weg -->", "Tekst"),
    ],
)
def test_summaries_are_clean_text_without_the_footer_of_the_blog_software(written: str, read_as: str) -> None:
    assert first(summary=written).summary == read_as


def test_an_article_without_title_gets_its_first_sentence() -> None:
    assert first(title="", summary="Vandaag is het feest. Kom ook!").title == "Vandaag is het feest."
    assert len(first(title="", summary="woord " * 60).title) <= 100


def test_relative_links_lead_to_the_site_that_answered() -> None:
    item = first(link="/nl/nieuws/1", content='<img src="beeld/a.jpg" alt="Kinderen lezen">', guid="")
    assert item.link == f"{HOME}/nl/nieuws/1"
    assert (item.image_url, item.image_alt) == (f"{HOME}/feed/beeld/a.jpg", "Kinderen lezen")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.org/x", "https://", "http://[", ""])
def test_a_link_that_is_no_web_address_is_left_out(link: str) -> None:
    assert first(link=link, guid="urn:x").link == ""


def test_a_guid_that_is_no_address_is_not_taken_for_the_link() -> None:
    body = "<rss version='2.0'><channel><item><title>T</title><guid>12345</guid></item></channel></rss>"
    [item] = read(body)
    assert (item.guid, item.link) == ("12345", "")


def test_the_best_picture_is_chosen_and_described() -> None:
    content = (
        '<img src="https://stats.example/p.gif" width="1" height="1">'
        f'<img src="{HOME}/b.jpg?w=300" alt="Juf leest voor">'
    )
    enclosure = f'<enclosure url="{HOME}/a.jpg" type="image/jpeg" length="1"/>'
    assert first(content=content).image_url == f"{HOME}/b.jpg?w=300"
    with_media = first(content=content, image=f"{HOME}/b.jpg")
    assert (with_media.image_url, with_media.image_alt) == (f"{HOME}/b.jpg", "Juf leest voor")
    assert first(content=content, image=f"{HOME}/b.jpg", extra=enclosure).image_url == f"{HOME}/a.jpg"
    sound = '<enclosure url="https://x.example/a.mp3" type="audio/mpeg" length="1"/>'
    assert first(extra=sound).image_url == ""


def dated(text: str) -> datetime | None:
    body = (
        f"<rss version='2.0'><channel><item><title>T</title><pubDate>{text}</pubDate></item></channel></rss>"
    )
    return read(body)[0].published_at


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Tue, 03 Jun 2025 10:00:00 +0200", 8),
        ("Tue, 03 Jun 2025 10:00:00 GMT", 10),
        ("Tue, 03 Jun 2025 10:00:00 -0000", 10),
        ("Tue, 03 Jun 2025 10:00:00", 8),
        ("Tue, 03 Jun 2025 10:00:00 CEST", 8),
        ("di, 03 jun 2025 10:00:00 +0200", 8),
        ("2025-06-03T10:00:00", 8),
        ("2025-06-03T10:00:00Z", 10),
        ("2025-06-03 10:00", 8),
    ],
)
def test_dates_are_read_in_the_zone_of_the_site(text: str, hour: int) -> None:
    assert dated(text) == datetime(2025, 6, 3, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["1748937600", "0000-00-00 00:00:00", "gisteren", "Fri, 01 Jan 1900 00:00:00 GMT", "9999-12-31"]
)
def test_dates_that_cannot_be_meant_are_left_out(text: str) -> None:
    assert dated(text) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"<!DOCTYPE html><html><body>Hallo</body></html>", "a web page, not with a feed"),
        (b'{"name": "A REST API"}', "JSON data that is not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "JSON data that is not a JSON Feed"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "calendar of .* is damaged"),
        (b"<note><to>An</to></note>", "something that is not a feed"),
        (b"\x89PNG\r\n\x1a\n", "a picture or a document, not with a feed"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>Half", "breaks off"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        parse(body, {}, f"{HOME}/feed/")


def test_a_web_page_names_the_feeds_it_announces() -> None:
    page = (
        b"<html><head><link rel='alternate' type='application/rss+xml' href='/feed/'>"
        b"<link rel='alternate' type='application/rss+xml' href='/comments/feed/'></head></html>"
    )
    with pytest.raises(FeedError) as caught:
        parse(page, {}, f"{HOME}/")
    assert caught.value.feeds == [f"{HOME}/feed/"]


def test_of_a_feed_that_breaks_off_the_whole_articles_are_kept() -> None:
    body = FLAVOURS["wordpress"]("N", HOME, [article(number=n, title=f"Nr {n}") for n in (3, 2, 1)]).encode()
    feed = parse(body[: body.rfind(b"</title>")], HEADERS, HOME)
    assert [item.title for item in feed.items] == ["Nr 3", "Nr 2"]
    assert (feed.cut, feed.complete) == (True, False)


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encodings_are_read(declared: str) -> None:
    text = FLAVOURS["wordpress"]("N", HOME, [article(title="Één café")]).replace("UTF-8", declared)
    feed = parse(text.encode(declared), {"content-type": "application/xml"}, HOME)
    assert feed.items[0].title == "Één café"


def test_text_in_another_encoding_than_it_says_is_still_read() -> None:
    body = FLAVOURS["wordpress"]("N", HOME, [article(title="Één café")]).encode("cp1252")
    assert read(body)[0].title == "Één café"


@pytest.mark.parametrize("head", [b"\n\n", b"<br />\n<b>Notice</b>: fout in x.php\n", b"\xef\xbb\xbf"])
def test_dirt_before_the_feed_is_survived(head: bytes) -> None:
    body = FLAVOURS["wordpress"]("N", HOME, [article(title="Tips &nbsp; trucs")])
    assert read(head + body.replace("&amp;nbsp;", "&nbsp;").encode())[0].title == "Tips trucs"


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE rss [\n<!ENTITY a "' + b"x" * 9000 + b'">\n]>'
    b'<rss version="2.0"><channel><item><title>' + b"&a;" * 20000 + b"</title></item></channel></rss>"
)


def test_a_feed_with_entities_of_its_own_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(FeedError, match="not safe"):
        parse(ENTITIES, HEADERS, HOME)


def test_the_same_in_utf_16_is_refused_too() -> None:
    with pytest.raises(FeedError, match="not safe"):
        parse(ENTITIES.decode().encode("utf-16"), HEADERS, HOME)


def test_an_article_about_entities_is_read() -> None:
    assert first(content="<!DOCTYPE x [ <!ENTITY a 'b'> ]>").title == "Spelen met taal"


def test_the_old_doctype_of_netscape_is_accepted() -> None:
    body = (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>'
        "<item><title>Oud</title></item></channel></rss>"
    )
    assert read(body)[0].title == "Oud"


def test_white_space_before_the_feed_costs_no_time() -> None:
    assert read(b"\n" * 200_000 + FLAVOURS["atom"]("N", HOME, [article()]).encode())


def test_a_feed_that_keeps_the_parser_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The author field of feedparser 6.0.14 takes time that grows with the square of its length."""
    monkeypatch.setattr("outreach.feeds.parsing.SECONDS", 1)
    body = FLAVOURS["wordpress"](
        "N", HOME, [article(extra="<author>" + "aaa@a" + ".a" * 40_000 + "</author>")]
    )
    with pytest.raises(FeedError, match="too much memory or time"):
        read(body)


def test_one_damaged_article_does_not_cost_the_others() -> None:
    feed = FLAVOURS["wordpress"]("N", HOME, [article(title="Goed"), article(title="&#99999999999;")])
    assert read(feed.replace("&amp;#", "&#"))[0].title == "Goed"


def test_of_more_articles_than_are_read_the_newest_are_kept_and_they_do_not_count_as_all() -> None:
    days = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(2010)]
    ascending = [article(number=n, guid=f"urn:{n}", published=day) for n, day in enumerate(days)]
    feed = parse(FLAVOURS["atom"]("N", HOME, ascending).encode(), HEADERS, HOME)
    assert (len(feed.items), feed.complete, feed.cut) == (2000, False, False)
    assert (feed.items[0].guid, feed.items[-1].guid) == ("urn:10", "urn:2009")


_EVENT = article(starts="2026-05-04T09:30", image=f"{HOME}/a.jpg", content="<p>Kom!</p>")
_SOURCE = FLAVOURS["wordpress"]("Nieuws", HOME, [_EVENT, article(title="Nog een")]).encode()
_NASTY = [
    b"&#99999999999;",
    b"&#xD800;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"\0",
    b"\xff\xfe",
    b"<guid>",
    b"encoding='\xe9'",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(_SOURCE)), st.integers(0, 40), st.sampled_from(_NASTY)), max_size=4)
)
def test_no_damage_makes_parsing_fail_in_another_way_than_with_a_sentence(
    damage: list[tuple[int, int, bytes]],
) -> None:
    body = _SOURCE
    for start, length, token in damage:
        body = body[:start] + token + body[start + length :]
    try:
        items = read(body)
    except FeedError:
        pass
    else:
        for item in items:
            assert item.title or item.link
            assert item.title.encode()


def test_a_page_of_the_fake_website_is_no_feed() -> None:
    with pytest.raises(FeedError, match="web page"):
        read(Website(title="Kind").page("/"))
