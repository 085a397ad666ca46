"""The events of The Events Calendar for WordPress, as its REST interface gives them.

`/wp-json/tribe/events/v1/events` answers with an object that holds `events`, `/wp-json/tec/v1/events` with a
list of them. No Django here: this runs in the parser's own process.
"""

import contextlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, event_words, markup_events, moments, pictures
from outreach.feeds.moments import Span

_MOST_ITEMS, _MOST_CATEGORIES = 2000, 20
_IS_ONE = re.compile(rb'"start_date"|"rest_url"')
_NOT_PUBLIC = {"draft", "pending", "private", "trash", "future", "auto-draft"}
_UTC = ZoneInfo("UTC")
_STATUS = {"canceled": "cancelled", "cancelled": "cancelled", "postponed": "postponed"}
# Each day of a series has an address of its own; the series has that without the day.
_DAY_OF_SERIES = re.compile(r"/\d{4}-\d\d-\d\d(?:/\d+)?/?$")


def is_one(body: bytes) -> bool:
    """Whether the JSON document may be such an answer; `read` knows for sure."""
    return bool(_IS_ONE.search(body))


def read(body: bytes, *, base: str, zone: str, now: str) -> dict[str, Any] | None:
    """The events as JSON values, like `reading.read`; None for JSON that is something else."""
    given = _events(body)
    if given is None:
        return None
    local, present = ZoneInfo(zone), datetime.fromisoformat(now)
    return {
        "title": "",
        "home": re.sub(r"/wp-json/.*$", "/", base, flags=re.S) if "/wp-json/" in base else "",
        "language": "",
        "version": "tec-rest",
        "cut": False,
        # It is a page of what is to come: what is not in it is over, or on another page.
        "complete": False,
        "items": _once(_items(given[:_MOST_ITEMS], base, local, present)),
    }


def _events(body: bytes) -> list[Any] | None:
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(body)
        if isinstance(document, dict) and "rest_url" in document and isinstance(document.get("events"), list):
            return list(document["events"])
        if isinstance(document, list) and document and all(_is_event(one) for one in document):
            return document
    return None


def _is_event(thing: object) -> bool:
    return isinstance(thing, dict) and {"id", "start_date", "end_date"} <= thing.keys()


def _once(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each series once, on its first day to come: the answer is in the order of the days."""
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        found.setdefault(item["guid"], item)
    return list(found.values())


def _items(given: list[Any], base: str, zone: ZoneInfo, now: datetime) -> Iterator[dict[str, Any]]:
    """Those that can be read: one bad event must not cost the others."""
    for event in given:
        with contextlib.suppress(Exception):
            if isinstance(event, dict) and _is_public(event):
                happening = _happening(event, zone, now)
                yield _item(event, base, now) | {"event": happening}


def _is_public(event: Mapping[str, Any]) -> bool:
    return event.get("status") not in _NOT_PUBLIC and event.get("hide_from_listings") is not True


def _item(event: Mapping[str, Any], base: str, now: datetime) -> dict[str, Any]:
    title, text = cleaning.title_of(_text(event, "title")), _content(event)
    summary = cleaning.summary_of(_text(event, "excerpt") or text)
    published = moments.moment(_text(event, "date_utc") or _text(event, "date_gmt"), _UTC, now)
    link = cleaning.address(event.get("url") or event.get("link"), base)
    image, alt = pictures.best(_images(event, base), pictures.inside(text, base))
    return {
        "guid": _guid(event, link or base),
        "link": link,
        "title": title or cleaning.first_sentence(summary),
        "summary": "" if summary == title else summary,
        "image_url": image,
        "image_alt": alt,
        "author": "",
        "categories": _categories(event),
        "published_at": moments.as_json(published),
    }


def _content(event: Mapping[str, Any]) -> str:
    return _text(event, "description") or _text(event, "content")


def _guid(event: Mapping[str, Any], link: str) -> str:
    """The same as `calendars` makes of the UID in its iCalendar; of a day of a series, that of the series."""
    if _is_of_series(link):
        return _DAY_OF_SERIES.sub("/", link)
    host = re.sub(r"^https?://([^/?#:]*).*$", r"\1", link, flags=re.S)
    return f"{event['id']}@{host}"


def _is_of_series(link: str) -> bool:
    return bool(_DAY_OF_SERIES.search(link))


def _happening(event: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """When and where it takes place. Raises ValueError when it does not say when."""
    own = moments.zone_named(_text(event, "timezone"))
    span = _span(event, own or zone, zone, now)
    if span is None:
        raise ValueError("no start")
    texts = (_text(event, "website"), _text(event, "virtual_url"), html.unescape(_content(event)))
    place, online = event_words.place_and_meeting(_place(event), *texts)
    title = cleaning.title_of(_text(event, "title"))
    status = _STATUS.get(_text(event, "event_status").lower()) or event_words.status_of(title)
    said = markup_events.happening(span, "calendar", status, place, online)
    repeats = _is_of_series(_text(event, "url") or _text(event, "link"))
    return said | {"zone": own.key if own else "", "repeats": repeats}


def _span(event: Mapping[str, Any], zone: ZoneInfo, site: ZoneInfo, now: datetime) -> Span | None:
    """By its times in UTC, else on the clock of `zone`; whole days are always those of the site."""
    starts, ends = _text(event, "start_date"), _text(event, "end_date")
    if event.get("all_day") in {True, "1", "yes"}:
        return moments.span(starts[:10], ends[:10], site, now)
    if in_utc := _text(event, "utc_start_date"):
        return moments.span(in_utc, _text(event, "utc_end_date"), _UTC, now)
    return moments.span(starts, ends, zone, now)


def _place(event: Mapping[str, Any]) -> str:
    """ "Campus Zonneveld, Zonnestraat 1, 9000 Gent", nothing twice."""
    venues = event.get("venue") or event.get("venues")
    venue = venues[0] if isinstance(venues, list) and venues else venues
    if not isinstance(venue, dict):
        return ""
    town = f"{_text(venue, 'zip')} {_text(venue, 'city')}".strip()
    name = _text(venue, "venue") or _text(venue, "title")
    parts = [cleaning.text_of(part) for part in (name, _text(venue, "address"), town)]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _images(event: Mapping[str, Any], base: str) -> list[pictures.Picture]:
    image = event.get("image")
    given = image if isinstance(image, dict) else {"url": image}
    size = {"width": given.get("width"), "height": given.get("height")}
    found = pictures.picture(given.get("url"), base, alt=_text(given, "alt"), **size)
    return [found] if found else []


def _categories(event: Mapping[str, Any]) -> list[str]:
    terms = [*_list(event, "categories"), *_list(event, "tags")]
    names = (cleaning.text_of(_text(term, "name")) for term in terms if isinstance(term, dict))
    return [cleaning.cut(name, 100) for name in dict.fromkeys(names) if name][:_MOST_CATEGORIES]


def _list(thing: Mapping[str, Any], name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else []


def _text(thing: Mapping[str, Any], name: str) -> str:
    """A field as text; WordPress itself gives some as {"rendered": …}."""
    value = thing.get(name)
    value = value.get("rendered") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""
