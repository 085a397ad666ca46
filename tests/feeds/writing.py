"""Short feeds, written where a test needs them."""

from datetime import UTC, datetime

from outreach.core import clock
from outreach.feeds.parsing import Feed, Item, parse

HOME = "https://www.kleuter.example"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ATOM, RSS1 = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
XHTML = "http://www.w3.org/1999/xhtml"
PREFIXES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def read(body: str | bytes, url: str = f"{HOME}/nieuws/feed") -> Feed:
    with clock.frozen(NOW):
        return parse(body.encode() if isinstance(body, str) else body, {}, url)


def rss(*items: str, version: str = "2.0", head: str = "<language>nl-BE</language>") -> Feed:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return read(f'<rss version="{version}" {PREFIXES}><channel>{head}{inside}</channel></rss>')


def atom(*entries: str, head: str = "", url: str = f"{HOME}/nieuws/feed", attributes: str = "") -> Feed:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return read(f'<feed xmlns="{ATOM}" {PREFIXES} {attributes}>{head}{inside}</feed>', url)


def first(feed: Feed) -> Item:
    return feed.items[0]


def item(inside: str) -> Item:
    return first(rss("<title>Voorlezen</title>" + inside))


def entry(inside: str, **options: str) -> Item:
    return first(atom("<title>Voorlezen</title><id>urn:1</id>" + inside, **options))


def content(markup: str) -> Item:
    return item(f"<content:encoded><![CDATA[{markup}]]></content:encoded>")
