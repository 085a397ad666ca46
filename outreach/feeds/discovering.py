"""The feeds and calendars of a website, from any of its addresses.

What a page announces comes first; where it announces no articles or no events, a few addresses are tried that
common systems use, one after another. Each that is offered was read.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from outreach.core import http
from outreach.core.errors import OutreachError
from outreach.feeds.parsing import Feed, parse

_MOST_ANNOUNCED, _MOST_OFFERED, _SECONDS, _SECONDS_EACH = 8, 6, 20.0, 6.0
# WordPress, static sites, Joomla; The Events Calendar (its slug is translated), Drupal.
_ARTICLES = ("feed/", "rss.xml", "index.xml", "atom.xml", "feed.json", "?format=feed&type=rss")
_EVENTS = (
    "wp-json/tribe/events/v1/events?per_page=50",
    "?post_type=tribe_events&ical=1&eventDisplay=list",
    "events/?ical=1",
    "evenementen/?ical=1",
    "agenda/?ical=1",
)


@dataclass(frozen=True)
class Offer:
    """A feed or calendar that can be watched."""

    url: str
    title: str
    count: int
    events: int
    newest: datetime | None
    watched: bool = False  # already

    @property
    def is_calendar(self) -> bool:
        """Whether most of it takes place somewhere."""
        return self.events * 2 > self.count

    @classmethod
    def of(cls, url: str, feed: Feed) -> "Offer":
        """What `feed` is, in short."""
        dates = [item.published_at for item in feed.items if item.published_at]
        events = sum(item.event is not None for item in feed.items)
        return cls(url, feed.title, len(feed.items), events, max(dates, default=None))


def with_scheme(url: str) -> str:
    """ "www.site.be" and "webcal://site.be/a.ics" as web addresses."""
    url = url.strip()
    if url.lower().startswith(("webcal:", "webcals:")):
        return "https:" + url.partition(":")[2]
    return url if "://" in url or not url else f"https://{url}"


def offers(page: str, announced: list[str]) -> list[Offer]:
    """What can be watched of the site that `page` belongs to: at most six, articles before calendars.

    `announced` are the addresses that the page itself names. Ends after twenty seconds with what it has.
    """
    ends = time.monotonic() + _SECONDS
    found: dict[frozenset[str], Offer] = {}
    for url in _candidates(page, announced, found):
        seconds = min(_SECONDS_EACH, ends - time.monotonic())
        if seconds <= 0 or len(found) >= _MOST_OFFERED:
            break
        if read := _read(url, seconds):
            found.setdefault(*read)
    return sorted(found.values(), key=lambda offer: offer.is_calendar)


def _candidates(page: str, announced: list[str], found: dict[frozenset[str], Offer]) -> Iterator[str]:
    """The addresses to try; what was found so far decides whether to guess any more of its kind."""
    yield from announced[:_MOST_ANNOUNCED]
    parts = urlsplit(page)
    root = f"{parts.scheme}://{parts.netloc}/"
    for paths, calendar in ((_ARTICLES, False), (_EVENTS, True)):
        for path in paths:
            if any(offer.is_calendar == calendar for offer in found.values()):
                break
            yield urljoin(root, path)


def _read(url: str, seconds: float) -> tuple[frozenset[str], Offer] | None:
    """The offer at `url`, with what tells whether another address shows the same."""
    try:
        answer = http.fetch(url, limits=http.Limits(http.FEED.bytes, seconds))
        feed = parse(answer.body, answer.headers, answer.url)
    except OutreachError:
        return None
    if not feed.items and not feed.title:
        return None
    return frozenset(item.link or item.guid or item.title for item in feed.items), Offer.of(url, feed)
