"""schema.org data that a page carries as JSON-LD: its article, and the one event that it is about.

No Django here: this runs in the parser's own process. Real pages hold broken blocks beside good ones, so each
block is read by itself and what cannot be read is left out.
"""

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, event_words, markup_events, moments

_MOST_NODES, _DEEPEST = 2_000, 12
# Event and its subtypes (https://schema.org/Event); these do not end in "Event".
_ALSO_EVENTS = {"Festival", "Hackathon", "EventSeries", "CourseInstance"}
_ARTICLES = ("Article", "BlogPosting", "WebPage")
_STATUS = {"eventcancelled": "cancelled", "eventpostponed": "postponed"}
# What belongs to an event is not another one.
_PARTS = {"subEvent", "subEvents", "superEvent", "isPartOf", "hasPart"}
_SPOILT = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_COMMA_AT_THE_END = re.compile(r",(\s*[}\]])")
_AN_ADDRESS = ("streetAddress", "postalCode", "addressLocality")

Node = dict[str, Any]


def nodes(scripts: list[str]) -> list[Node]:
    """Every object of the blocks, outermost first, without the parts of events."""
    found: list[Node] = []
    for script in scripts:
        for node in _walk(_loaded(script), 0):
            found.append(node)
            if len(found) >= _MOST_NODES:
                return found
    return found


def event_of(found: list[Node], pages: list[str], title: str, zone: ZoneInfo, now: datetime) -> Node | None:
    """The event that the page is about, as the answer of the parser has it; None on a page that lists many.

    `pages` are the addresses of the page itself.
    """
    events = [node for node in found if _is_event(node) and _start(node, zone, now)]
    mine = [node for node in events if _is_about(node, pages, title)]
    chosen = mine or (events if len(events) == 1 else [])
    if not chosen:
        return None
    # A series has one object for each day: the next one is announced.
    starts = [(_start(node, zone, now) or now, number) for number, node in enumerate(chosen)]
    coming = [start for start in starts if start[0] > now]
    event = _event(chosen[min(coming or [max(starts)])[1]], zone, now)
    return event and event | {"repeats": len({start for start, _ in starts}) > 1}


def article_of(found: list[Node]) -> Node:
    """The first article or page among the objects; an empty one when there is none."""
    kinds = ((kind, node) for kind in _ARTICLES for node in found)
    return next((node for kind, node in kinds if any(t.endswith(kind) for t in _types(node))), {})


def author_of(article: Node) -> str:
    """The name of its author."""
    for one in _list(article.get("author")):
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and not name.startswith(("http://", "https://")):
            return name
    return ""


def image_of(thing: Node) -> str:
    """The address of its picture."""
    for one in _list(thing.get("image")):
        url = (one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one
        if isinstance(url, str):
            return url
    return ""


def text_of(thing: Node, name: str) -> str:
    """A property as text."""
    return next((value for value in _list(thing.get(name)) if isinstance(value, str)), "")


def _loaded(script: str) -> Any:
    """The block, mended as far as that is safe; None for one that cannot be read."""
    text = _SPOILT.sub("", _SPOILT.sub("", script.strip()))
    for attempt in (text, _COMMA_AT_THE_END.sub(r"\1", text), html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if name not in _PARTS:
                yield from _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)


def _types(node: Node) -> list[str]:
    kinds = (kind for kind in _list(node.get("@type")) if isinstance(kind, str))
    return [re.split(r"[/:#]", kind)[-1] for kind in kinds]


def _is_event(node: Node) -> bool:
    return any(kind.endswith("Event") or kind in _ALSO_EVENTS for kind in _types(node))


def _is_about(node: Node, pages: list[str], title: str) -> bool:
    given = {_bare(text_of(node, name)) for name in ("url", "@id", "mainEntityOfPage")} - {""}
    name = cleaning.title_of(text_of(node, "name"))
    return bool(given & {_bare(page) for page in pages}) or (bool(name) and name == title)


def _bare(url: str) -> str:
    """An address without what two spellings of it differ in."""
    return re.sub(r"^https?://(?:www\.)?", "", url.partition("#")[0].partition("?")[0]).rstrip("/")


def _start(node: Node, zone: ZoneInfo, now: datetime) -> datetime | None:
    return moments.moment(text_of(node, "startDate"), zone, now)


def _event(node: Node, zone: ZoneInfo, now: datetime) -> Node | None:
    span = moments.span(text_of(node, "startDate"), text_of(node, "endDate"), zone, now)
    if span is None:
        return None
    place, online = _where(node)
    place, online = cleaning.cut(cleaning.text_of(place), 300), cleaning.address(online, "")
    return markup_events.happening(span, "page", _status(node), place, online)


def _status(node: Node) -> str:
    """What its data say, else its name: plug-ins go on saying that it is scheduled."""
    said = re.split(r"[/:#]", text_of(node, "eventStatus"))[-1].lower()
    return _STATUS.get(said) or event_words.status_of(cleaning.title_of(text_of(node, "name")))


def _where(node: Node) -> tuple[str, str]:
    """The place in words, and the address of what happens online."""
    places, online = [], ""
    for one in _list(node.get("location")):
        if isinstance(one, str):
            places.append(one)
        elif isinstance(one, dict):
            if "VirtualLocation" in _types(one):
                online = online or text_of(one, "url")
            else:
                places.append(_spelled(one))
    place = next(filter(None, places), "")
    if place.startswith(("http://", "https://")):
        return "", online or place
    return place, online


def _spelled(place: Node) -> str:
    """ "De Krook, Miriam Makebaplein 1, 9000 Gent", nothing twice."""
    given = place.get("address")
    if isinstance(given, dict):
        street, code, town = (text_of(given, name).strip() for name in _AN_ADDRESS)
        lines = [street, f"{code} {town}".strip()]
    else:
        lines = [given.strip()] if isinstance(given, str) else []
    found: list[str] = []
    for part in (text_of(place, "name").strip(), *lines):
        if part and not any(part.casefold() in known.casefold() for known in found):
            found.append(part)
    return ", ".join(found)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
