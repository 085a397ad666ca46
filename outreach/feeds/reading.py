"""From feedparser's document to plain values. No Django here: this runs in the parser's own process."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, moments

MOST_ITEMS = 500
_MOST_CATEGORIES = 20


def read(document: Any, *, base: str, zone: str, now: str, complete: bool) -> dict[str, Any]:
    """The feed as JSON values. Every field may be missing; an item that cannot be read is left out."""
    entries = list(document.entries)
    if not complete:
        entries = entries[:-1]  # the last one of a feed that breaks off lacks its end
    if not complete and not entries:
        return {"wrong": "cut"}
    items, broken = [], 0
    for entry in entries[:MOST_ITEMS]:
        try:
            items.append(_item(entry, base, ZoneInfo(zone), datetime.fromisoformat(now)))
        except Exception:  # noqa: BLE001  (one bad item must not cost the others)
            broken += 1
    if broken and not items:
        return {"wrong": "unreadable", "raw": f"{broken} items"}
    return {
        "title": cleaning.title_of(_text(document.feed, "title"))[:200],
        "home": cleaning.address(document.feed.get("link"), base),
        "language": _text(document.feed, "language")[:20],
        "version": document.version,
        "cut": not complete,
        "ttl": _ttl(document.feed),
        "complete": complete and not broken and len(entries) <= MOST_ITEMS,
        "items": items,
    }


def _ttl(feed: Any) -> int:
    """RSS: minutes. Whatever is no small number is nothing."""
    text = _text(feed, "ttl").strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _item(entry: Any, base: str, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    content = _content(entry)
    summary = cleaning.summary_of(_text(entry, "summary") or content)
    title = cleaning.title_of(_text(entry, "title")) or cleaning.first_sentence(summary)
    image, alt = _image(entry, content, base)
    return {
        "guid": cleaning.plain(_text(entry, "id")),
        "link": _link(entry, base),
        "title": title,
        "summary": "" if summary == title else summary,
        "image_url": image,
        "image_alt": alt,
        "author": cleaning.cut(cleaning.text_of(_text(entry, "author")), 200),
        "categories": _categories(entry),
        "published_at": _iso(_published(entry, zone, now)),
        "event": _event(entry, zone, now),
    }


def _text(entry: Any, name: str) -> str:
    """A field of feedparser that should be text: it is missing, or a dict, more often than one thinks."""
    value = entry.get(name) if dict.__contains__(entry, name) or name in {"id", "link"} else None
    return value if isinstance(value, str) else ""


def _content(entry: Any) -> str:
    parts = [part.get("value") for part in entry.get("content", ()) if isinstance(part, dict)]
    whole = max((p for p in parts if isinstance(p, str)), key=len, default="")
    return whole or _text(entry, "summary")


def _link(entry: Any, base: str) -> str:
    original = _text(entry, "feedburner_origlink")
    link = _text(entry, "link")
    # feedparser offers a guid as the link; one that is no address ("12345") leads nowhere.
    if link and link == _text(entry, "id") and not link.startswith(("http://", "https://")):
        link = ""
    return cleaning.address(original, base) or cleaning.address(link, base)


def _image(entry: Any, content: str, base: str) -> tuple[str, str]:
    """The best picture and its alternative text."""
    inside = cleaning.pictures(content, base)
    url = next(filter(None, _offered(entry, base)), "")
    if url:
        return url, _alt_of(entry, url, inside)
    return inside[0] if inside else ("", "")


def _offered(entry: Any, base: str) -> Iterator[str]:
    """Pictures that the feed names beside the text, best first."""
    for enclosure in _dicts(entry, "enclosures"):
        if _is_picture(enclosure, enclosure.get("href")):
            yield cleaning.address(enclosure.get("href"), base)
    for media in _dicts(entry, "media_content"):
        if media.get("medium") == "image" or _is_picture(media, media.get("url")):
            yield cleaning.address(media.get("url"), base)
    for media in _dicts(entry, "media_thumbnail"):
        yield cleaning.address(media.get("url"), base)
    image = entry.get("image")
    yield cleaning.address(image.get("href") if isinstance(image, dict) else None, base)


def _dicts(entry: Any, name: str) -> list[Any]:
    value = entry.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _is_picture(part: Any, url: object) -> bool:
    kind = part.get("type")
    if isinstance(kind, str) and kind:
        return kind.startswith("image/") and "svg" not in kind
    path = url.partition("?")[0].lower() if isinstance(url, str) else ""
    return path.endswith((".jpg", ".jpeg", ".png", ".gif", ".webp"))


def _alt_of(entry: Any, url: str, inside: list[tuple[str, str]]) -> str:
    """The text that the article itself gives the same picture, else the feed's description of it."""
    for src, alt in inside:
        if alt and src.partition("?")[0] == url.partition("?")[0]:
            return alt
    for media in _dicts(entry, "media_content"):
        if isinstance(media.get("description"), str):
            return cleaning.cut(cleaning.text_of(media["description"]), 1000)
    return ""


def _categories(entry: Any) -> list[str]:
    terms = (cleaning.text_of(tag["term"]) for tag in _dicts(entry, "tags")[:200] if _is_term(tag))
    return [cleaning.cut(term, 100) for term in dict.fromkeys(terms) if term][:_MOST_CATEGORIES]


def _is_term(tag: Any) -> bool:
    return isinstance(tag.get("term"), str)


def _published(entry: Any, zone: ZoneInfo, now: datetime) -> datetime | None:
    """What the site says; display data only, never what makes an entry new."""
    for name in ("published", "updated", "created"):
        if text := _text(entry, name):
            parsed = entry.get(f"{name}_parsed")
            if found := moments.moment(text, zone, now, parsed):
                return found
    return None


def _event(entry: Any, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    """RSS mod_event (purl.org/rss/1.0/modules/event)."""
    text = _text(entry, "ev_startdate")
    start = moments.moment(text, zone, now)
    if start is None:
        return None
    end = moments.moment(_text(entry, "ev_enddate"), zone, now)
    return {
        "starts_at": _iso(start),
        "ends_at": _iso(end if end and end > start else None),
        "all_day": moments.is_date_only(text),
        "place": cleaning.cut(cleaning.text_of(_text(entry, "ev_location")), 300),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
