"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/).

No Django here: this runs in the parser's own process.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, documents, moments, pictures
from outreach.feeds.event_hints import Hints

_VERSION = "https://jsonfeed.org/version/"
_MOST_ITEMS, _MOST_CATEGORIES = 2000, 20


def read(body: bytes, *, base: str, zone: str, now: str, **agenda: Any) -> dict[str, Any]:
    """The feed as JSON values, like `reading.read`; {"wrong": "json"} for JSON that is no feed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {"wrong": "json"}
    if not isinstance(document, dict) or not _text(document, "version").startswith(_VERSION):
        return {"wrong": "json"}
    local, present = ZoneInfo(zone), datetime.fromisoformat(now)
    hints = Hints(local, present, **agenda)
    given = [item for item in _list(document, "items") if isinstance(item, dict)]
    kept = _kept(given, local, present)
    return {
        "title": cleaning.title_of(_text(document, "title"))[:200],
        "home": cleaning.address(document.get("home_page_url"), base),
        "language": _text(document, "language")[:20],
        "version": "json" + _text(document, "version").removeprefix(_VERSION),
        "cut": False,
        "complete": len(kept) == len(given),
        "items": [_item(item, document, base, hints) for item in kept],
    }


def _kept(items: list[dict[str, Any]], zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """At most `_MOST_ITEMS` of the items, the newest, in the order of the feed."""
    if len(items) <= _MOST_ITEMS:
        return items
    dates = [_moment(item, zone, now) for item in items]
    return [items[place] for place in moments.newest(dates, _MOST_ITEMS)]


def _item(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, hints: Hints) -> dict[str, Any]:
    markup = _text(item, "content_html")
    whole = markup or _text(item, "content_text")
    summary = cleaning.summary_of(_text(item, "summary") or whole)
    title = cleaning.title_of(_text(item, "title")) or cleaning.first_sentence(summary)
    image, alt = _image(item, markup, base)
    categories, published = _categories(item), _moment(item, hints.zone, hints.now)
    return {
        "guid": cleaning.plain(_identity(item)),
        "link": cleaning.address(item.get("url"), base) or cleaning.address(item.get("external_url"), base),
        "title": title,
        "summary": "" if summary == title else summary,
        "image_url": image,
        "image_alt": alt,
        "author": cleaning.cut(_author(item) or _author(feed), 200),
        "categories": categories,
        "language": _own_language(item, feed),
        "published_at": moments.as_json(published),
        "event": None,
        "hint": hints.of(title, whole, categories, published),
        "downloads": documents.offered(_files(item), base),
    }


def _identity(item: Mapping[str, Any]) -> str:
    """A text; the specification asks readers to take a number too."""
    found = item.get("id")
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def _own_language(item: Mapping[str, Any], feed: Mapping[str, Any]) -> str:
    """The language of an item that is in another one than its feed."""
    own = _text(item, "language")[:20]
    return own if cleaning.is_other_language(own, _text(feed, "language")) else ""


def _files(item: Mapping[str, Any]) -> list[tuple[object, object, object]]:
    """Address, media type and name of what is attached."""
    attached = [one for one in _list(item, "attachments") if isinstance(one, dict)]
    return [(one.get("url"), one.get("mime_type"), one.get("title")) for one in attached]


def _image(item: Mapping[str, Any], markup: str, base: str) -> tuple[str, str]:
    named = [item.get(name) for name in ("image", "banner_image")]
    named += [url for url, kind, _ in _files(item) if pictures.is_one(kind, url)]
    offered = (pictures.picture(url, base) for url in named)
    return pictures.best([one for one in offered if one], pictures.inside(markup, base))


def _author(thing: Mapping[str, Any]) -> str:
    """Version 1.1 has a list of them, version 1 one; who writes both means the list."""
    known = [one for one in _list(thing, "authors") or [thing.get("author")] if isinstance(one, dict)]
    names = dict.fromkeys(cleaning.person(_text(one, "name")) for one in known[:5])
    return ", ".join(filter(None, names))


def _categories(item: Mapping[str, Any]) -> list[str]:
    terms = (cleaning.text_of(term) for term in _list(item, "tags")[:200] if isinstance(term, str))
    return [cleaning.cut(term, 100) for term in dict.fromkeys(terms) if term][:_MOST_CATEGORIES]


def _moment(item: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> datetime | None:
    found = (moments.moment(item.get(name), zone, now) for name in ("date_published", "date_modified"))
    return next(filter(None, found), None)


def _text(thing: Mapping[str, Any], name: str) -> str:
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _list(thing: Mapping[str, Any], name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else []
