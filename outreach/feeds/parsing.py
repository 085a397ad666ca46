"""A feed's bytes to clean items, through a process with limits on memory and time.

The server process never loads feedparser: a hostile feed hurts only the child, and idle memory stays small.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

import outreach
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, Sentence, say

SECONDS = 10.0
"""How long the process may take. Its memory and its work are limited by itself."""
# `-I` keeps the environment and the working folder out of the child; the package's own place is given by
# hand, because it may be a checkout.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from outreach.feeds.child import main; main()"
_ROOT = str(Path(outreach.__file__).resolve().parent.parent)


@dataclass(frozen=True)
class Happening:
    """When and where an item takes place.

    `origin` is where that was read: calendar, page, feed, time (element), date (of publication) or text.
    `zone` is the IANA name that its source gave, or empty. `repeats`: it is the next day of a series.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    all_day: bool = False
    place: str = ""
    online_url: str = ""
    status: str = "scheduled"  # or cancelled, postponed
    origin: str = "feed"
    zone: str = ""
    repeats: bool = False


@dataclass(frozen=True)
class Item:
    """One article or event of a feed, clean. Any field may be empty, but never both title and link.

    `event` is said by the website's own data; `hint` is only gathered from words or dates, and may be wrong.
    `downloads` are documents that it offers: their `url` and `name`. `language` is only given where it is
    another one than that of the feed. `digest` names the bytes that it was read from, where they are known.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    image_url: str = ""
    image_alt: str = ""
    author: str = ""
    categories: list[str] = field(default_factory=list)
    language: str = ""
    published_at: datetime | None = None
    event: Happening | None = None
    hint: Happening | None = None
    downloads: list[dict[str, str]] = field(default_factory=list)
    digest: str = ""


@dataclass(frozen=True)
class Feed:
    """A parsed feed.

    `cut`: it breaks off; the last item is left out if it lacks its end.
    `complete`: every item was read. If not (cut, too long, a damaged item), what is missing is not gone.
    `digests` are those of all its items in order, also of those that were known and are not among `items`;
    `frame` is that of the rest. Both are empty where a feed cannot be taken to pieces.
    """

    url: str
    title: str
    home: str
    language: str
    version: str
    cut: bool
    complete: bool
    items: list[Item]
    ttl: int = 0  # minutes that the feed asks to be left alone; 0 when it does not say
    frame: str = ""
    digests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """The digests of items that need not be read again, as long as they stand in the same frame."""

    frame: str = ""
    digests: Collection[str] = ()


NONE_KNOWN = Known()


@dataclass(frozen=True)
class Page:
    """What the page of one article says of it."""

    title: str = ""
    description: str = ""
    image_url: str = ""
    image_alt: str = ""
    canonical: str = ""
    language: str = ""
    author: str = ""
    published_at: datetime | None = None
    event: Happening | None = None
    hint: Happening | None = None
    downloads: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Agenda:
    """What staff said of a feed's events: `everything` in it is one, or whatever is in these `categories`.

    What such an item is dated is when it takes place, and its text needs no word for an event.
    """

    everything: bool = False
    categories: tuple[str, ...] = ()


NO_AGENDA = Agenda()


class FeedError(OutreachError):
    """The answer is not a feed that can be read. `feeds` are the feeds that a web page announces.

    `raw` is the parser's own word, for the log.
    """

    def __init__(
        self, sentence: Sentence, *, feeds: list[str] | None = None, raw: str = "", is_page: bool = False
    ) -> None:
        super().__init__(sentence)
        self.feeds, self.raw, self.is_page = feeds or [], raw, is_page


_WRONG = {
    "empty": N_("The answer of %(host)s is empty; a feed was expected."),
    "html": N_("This address answers with a web page, not with a feed."),
    "json": N_("This address answers with JSON data that is not a JSON Feed."),
    "too-often": N_("A calendar that repeats an event every hour or more often is not read."),
    "unreadable-calendar": N_("The calendar of %(host)s is damaged and cannot be read."),
    "file": N_("This address answers with a picture or a document, not with a feed."),
    "other": N_("This address answers with something that is not a feed."),
    "cut": N_("The feed of %(host)s breaks off before its first article ends."),
    "entities": N_("The feed of %(host)s holds definitions (ENTITY) that are not safe to read."),
    "too-much": N_("The feed of %(host)s takes too much memory or time to read."),
    "unreadable": N_("The feed of %(host)s is damaged and cannot be read."),
}


def parse(
    body: bytes,
    headers: Mapping[str, str],
    url: str,
    known: Known = NONE_KNOWN,
    agenda: Agenda = NO_AGENDA,
) -> Feed:
    """The feed in `body`. `headers` have lower-case names; `url` is where it came from, after redirects.

    Items that are `known` may be left out; their digests tell where they stand.

    Raises FeedError for everything that is not a feed; no other exception comes out.
    """
    answer = _ask(body, headers, url, known=known, agenda=agenda)
    _refuse(answer, url)
    items = [_item(values) for values in answer.pop("items")]
    return Feed(url=url, items=[item for item in items if item.title or item.link], **answer)


def parse_page(body: bytes, headers: Mapping[str, str], url: str) -> Page:
    """What the web page in `body` says of the article that it shows; an empty `Page` for what is no web page.

    Raises FeedError when it takes too much memory or time; no other exception comes out.
    """
    answer = _ask(body, headers, url, kind="page")
    _refuse(answer, url)
    event, hint = _happening(answer.pop("event", None)), _happening(answer.pop("hint", None))
    published = _moment(answer.pop("published_at", None))
    return Page(**answer, event=event, hint=hint, published_at=published)


def _refuse(answer: dict[str, Any], url: str) -> None:
    if wrong := answer.get("wrong"):
        host = urlsplit(url).hostname or Path(url).name
        sentence = say(_WRONG[wrong], host=host) if "%(host)s" in _WRONG[wrong] else say(_WRONG[wrong])
        raise FeedError(
            sentence,
            feeds=answer.get("feeds"),
            raw=answer.get("raw", ""),
            is_page=wrong == "html",
        )


def _ask(
    body: bytes,
    headers: Mapping[str, str],
    url: str,
    *,
    kind: str = "feed",
    known: Known = NONE_KNOWN,
    agenda: Agenda = NO_AGENDA,
) -> dict[str, Any]:
    question = {
        "kind": kind,
        "headers": {n: v for n, v in headers.items() if n in {"content-type", "content-language"}},
        "url": url,
        "frame": known.frame,
        "known": list(known.digests),
        "agenda": vars(agenda),
        "context": {"zone": settings.LOCAL_TIME_ZONE, "now": clock.now().isoformat()},
    }
    return _answer_to(body, question)


def _answer_to(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """What the process makes of it."""
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, no shell)
            [sys.executable, "-I", "-c", _START, _ROOT],
            input=json.dumps(question).encode() + b"\n" + body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"wrong": "too-much"}
    if done.returncode != 0:
        # Killed by its CPU limit, or out of memory in a place that could not say so.
        return {"wrong": "too-much", "raw": done.stderr.decode("utf-8", "replace")[-300:]}
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"wrong": "unreadable", "raw": "the parser gave no answer"}
    return answer


def _item(values: dict[str, Any]) -> Item:
    event, hint = _happening(values.pop("event")), _happening(values.pop("hint", None))
    published = _moment(values.pop("published_at"))
    return Item(**values, published_at=published, event=event, hint=hint)


def _happening(values: dict[str, Any] | None) -> Happening | None:
    if not values:
        return None
    starts, ends = datetime.fromisoformat(values.pop("starts_at")), _moment(values.pop("ends_at"))
    return Happening(starts_at=starts, ends_at=ends, **values)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
