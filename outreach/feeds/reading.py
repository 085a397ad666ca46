"""From feedparser's document to plain values. No Django here: this runs in the parser's own process."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, documents, markup_events, moments, pictures
from outreach.feeds.event_hints import Hints

MOST_ITEMS = 2000
# Where an entry carries the digest of its bytes: no element has a name with a space.
DIGEST = "digest of its bytes"
_MOST_CATEGORIES = 20


def read(
    document: Any, *, base: str, zone: str, now: str, complete: bool, ends: bool = True, **agenda: Any
) -> dict[str, Any]:
    """The feed as JSON values. Every field may be missing; an item that cannot be read is left out.

    `complete`: the closing tag of the feed is there; `ends`: that of its last item is. `agenda` is what staff
    said of its events (`event_hints.Hints`).
    """
    given = list(document.entries)
    if not complete and not ends:
        given = given[:-1]  # it lacks its end
    if not complete and not given:
        return {"wrong": "cut"}
    local, present = ZoneInfo(zone), datetime.fromisoformat(now)
    here, entries = _base(document, base), _kept(given, local, present)
    items = list(_items(entries, document, here, Hints(local, present, **agenda)))
    broken = len(entries) - len(items)
    if broken and not items:
        return {"wrong": "unreadable", "raw": f"{broken} items"}
    return {
        "title": cleaning.title_of(_text(document.feed, "title"))[:200],
        "home": cleaning.address(document.feed.get("link"), here),
        "language": _language(document.feed),
        "version": document.version,
        "cut": not complete,
        "ttl": _ttl(document.feed),
        "complete": complete and not broken and len(entries) == len(given),
        "items": items,
    }


def _items(entries: list[Any], document: Any, base: str, hints: Hints) -> Iterator[dict[str, Any]]:
    """Those that can be read: one bad item must not cost the others."""
    for entry in entries:
        with contextlib.suppress(Exception):
            yield _item(entry, document, base, hints)


def _kept(entries: list[Any], zone: ZoneInfo, now: datetime) -> list[Any]:
    """At most `MOST_ITEMS` of the entries, the newest, in the order of the feed."""
    if len(entries) <= MOST_ITEMS:
        return entries
    dates = [_published(entry, zone, now) for entry in entries]
    return [entries[place] for place in moments.newest(dates, MOST_ITEMS)]


def _base(document: Any, base: str) -> str:
    """What relative addresses start from: where the feed came from; of a file, where it says it lives."""
    if base.startswith(("http://", "https://")):
        return base
    links = [link.get("href") for link in _dicts(document.feed, "links") if link.get("rel") == "self"]
    known = (cleaning.address(place, "") for place in (*links, document.feed.get("link")))
    return next(filter(None, known), base)


def _language(thing: Any) -> str:
    """Of the feed or an entry: <language> or dc:language, else the xml:lang that its title stands in."""
    title = thing.get("title_detail")
    written = _text(title, "language") if isinstance(title, dict) else ""
    return (_text(thing, "language") or written)[:20]


def _own_language(entry: Any, document: Any) -> str:
    """The language of an entry that is in another one than its feed."""
    own = _language(entry)
    return own if cleaning.is_other_language(own, _language(document.feed)) else ""


def _ttl(feed: Any) -> int:
    """RSS: minutes. Whatever is no small number is nothing."""
    text = _text(feed, "ttl").strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _item(entry: Any, document: Any, base: str, hints: Hints) -> dict[str, Any]:
    content = _content(entry)
    summary = cleaning.summary_of(_text(entry, "summary") or content["value"] or _text(entry, "caption"))
    title = cleaning.title_of(_text(entry, "title")) or cleaning.first_sentence(summary)
    inside = pictures.inside(content["value"], _within(base, content.get("base")))
    image, alt = pictures.best(list(_offered(entry, base)), inside)
    categories, published = _categories(entry), _published(entry, hints.zone, hints.now)
    event = markup_events.of_elements(entry, document.namespaces, hints.zone, hints.now)
    return {
        "guid": cleaning.plain(_text(entry, "id")),
        "link": _link(entry, base),
        "title": title,
        "summary": "" if summary == title else summary,
        "image_url": image,
        "image_alt": alt,
        "author": _author(entry, document),
        "categories": categories,
        "language": _own_language(entry, document),
        "published_at": moments.as_json(published),
        "event": event,
        "hint": None if event else hints.of(title, content["value"], categories, published),
        "downloads": documents.offered(_files(entry), base),
        "digest": entry.get(DIGEST, ""),
    }


def _within(base: str, own: object) -> str:
    """The base for what stands in an element whose xml:base is `own`."""
    return (isinstance(own, str) and cleaning.address(own, base)) or base


def _text(entry: Any, name: str) -> str:
    """A field of feedparser that should be text: it is missing, or a dict, more often than one thinks."""
    value = entry.get(name) if dict.__contains__(entry, name) or name in {"id", "link"} else None
    return value if isinstance(value, str) else ""


def _content(entry: Any) -> dict[str, Any]:
    """The longest text of the entry, as its `value`, and the `base` for what stands in it."""
    parts = [*_dicts(entry, "content"), entry.get("summary_detail")]
    known = [part for part in parts if isinstance(part, dict) and isinstance(part.get("value"), str)]
    whole = [part for part in known[:-1] if part["value"]] or known[-1:]
    return max(whole, key=lambda part: len(part["value"]), default={"value": ""})


def _link(entry: Any, base: str) -> str:
    original = _text(entry, "feedburner_origlink")
    link = _text(entry, "link")
    # feedparser offers a guid as the link; one that is no address ("12345") leads nowhere.
    if link and link == _text(entry, "id") and not link.startswith(("http://", "https://")):
        link = ""
    return cleaning.address(original, base) or cleaning.address(link, base)


def _offered(entry: Any, base: str) -> Iterator[pictures.Picture]:
    """Pictures that the feed names beside the text, best first."""
    for media, address in _media(entry):
        alt, width, height = _text(media, "description"), media.get("width"), media.get("height")
        if found := pictures.picture(address, base, alt=alt, width=width, height=height):
            yield found


def _media(entry: Any) -> Iterator[tuple[Any, Any]]:
    for enclosure in _dicts(entry, "enclosures"):
        if pictures.is_one(enclosure.get("type"), enclosure.get("href")):
            yield enclosure, enclosure.get("href")
    for media in _dicts(entry, "media_content"):
        if media.get("medium") == "image" or pictures.is_one(media.get("type"), media.get("url")):
            yield media, media.get("url")
    for media in _dicts(entry, "media_thumbnail"):
        yield media, media.get("url")
    # mod_enclosure of RSS 1.0 (purl.oclc.org/net/rss_2.0/enc), and the image of an item.
    for name, attribute in (("enc_enclosure", "resource"), ("image", "href")):
        one = entry.get(name)
        if isinstance(one, dict) and pictures.is_one(one.get("type") or "image/", one.get(attribute)):
            yield one, one.get(attribute)
    # <image><url> of an item ends up as its href.
    if pictures.is_one("", entry.get("href")):
        yield {}, entry.get("href")


def _files(entry: Any) -> Iterator[tuple[object, object, object]]:
    """Address, media type and name of what is enclosed."""
    for enclosure in _dicts(entry, "enclosures"):
        yield enclosure.get("href"), enclosure.get("type"), enclosure.get("title")
    for media in _dicts(entry, "media_content"):
        yield media.get("url"), media.get("type"), media.get("description")


def _dicts(entry: Any, name: str) -> list[Any]:
    value = entry.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _author(entry: Any, document: Any) -> str:
    """Their names. An Atom entry without an author has that of its source, or feed (RFC 4287, 4.2.1)."""
    places = [entry]
    if document.version.startswith("atom"):
        places += [entry.get("source"), document.feed]
    return next(filter(None, (_names(place) for place in places if isinstance(place, dict))), "")


def _names(thing: Any) -> str:
    alone = cleaning.person(_text(thing, "author"))
    # Of "an@kind.education (An)" feedparser makes the address an@kind.edu and the name "cation (An".
    whole = [one for one in _dicts(thing, "authors") if "(" not in _text(one, "name")]
    several = [cleaning.person(_text(one, "name")) for one in whole[:5]] if len(whole) > 1 else []
    # "Kind" and "Kind: www.kind.be" are one author.
    apart = [name for name in dict.fromkeys(several) if name and not (alone and alone in name)]
    return cleaning.cut(", ".join(filter(None, [*apart, alone])), 200)


def _categories(entry: Any) -> list[str]:
    """Their labels, which are for people (RFC 4287, 4.2.2.3), else their terms."""
    terms = (_text(tag, "label") or _text(tag, "term") for tag in _dicts(entry, "tags")[:200])
    clean = dict.fromkeys(cleaning.text_of(term) for term in terms)
    return [cleaning.cut(term, 100) for term in clean if term][:_MOST_CATEGORIES]


def _published(entry: Any, zone: ZoneInfo, now: datetime) -> datetime | None:
    """What the site says; display data only, never what makes an entry new."""
    for name in ("published", "updated", "created"):
        if text := _text(entry, name):
            parsed = entry.get(f"{name}_parsed")
            if found := moments.moment(text, zone, now, parsed):
                return found
    return None
