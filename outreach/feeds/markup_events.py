"""Events as elements of a feed (mod_event, xCal, Google's gd) and as <time> in the text of an item.

No Django here: this runs in the parser's own process. Sources: purl.org/rss/1.0/modules/event, RFC 6321
(xCal), developers.google.com/gdata/docs/2.0/elements, HTML (the time element).
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import event_words, moments
from outreach.feeds.moments import Span

_XCAL = ("urn:ietf:params:xml:ns:xcal", "urn:ietf:params:xml:ns:icalendar-2.0", "/2002/12/cal")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?)?")
_MOST_MARKUP, _MOST_TIMES = 200_000, 50
_IS_PUBLICATION = re.compile(r"publi|updated|modified|entry-date|post-date|geplaatst", re.I)


def of_elements(
    entry: Any, namespaces: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> dict[str, Any] | None:
    """The event that elements of feedparser's `entry` describe, as the answer of the parser has it."""
    for said in (_mod_event(entry), *_xcal(entry, namespaces), _gd(entry)):
        # A whole day is that of the site, whatever clock it was written by.
        own = None if moments.is_date_only(said["start"]) else moments.zone_named(said.get("zone", ""))
        whole = said["whole_last_day"]
        span = moments.span(said["start"], said["end"], own or zone, now, whole_last_day=whole)
        if span is not None:
            status = said.get("status") or event_words.status_of(_text(entry, "title"))
            where = event_words.place_and_meeting(said["place"], _text(entry, "summary"))
            return happening(span, "feed", status, *where) | {"zone": own.key if own else ""}
    return None


def happening(span: Span, origin: str, status: str, place: str, online_url: str) -> dict[str, Any]:
    """An event as the answer of the parser has it."""
    return {
        "starts_at": moments.as_json(span.start),
        "ends_at": moments.as_json(span.end),
        "all_day": span.all_day,
        "place": place,
        "online_url": online_url,
        "status": status,
        "origin": origin,
        "zone": "",
    }


def _mod_event(entry: Any) -> dict[str, Any]:
    return {
        "start": _text(entry, "ev_startdate"),
        "end": _text(entry, "ev_enddate"),
        "place": _text(entry, "ev_location"),
        "whole_last_day": True,
    }


def _xcal(entry: Any, namespaces: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """feedparser names them by the prefix that the document chose."""
    prefixes = (name for name, address in namespaces.items() if any(one in address.lower() for one in _XCAL))
    for prefix in {prefix.lower() for prefix in prefixes}:
        status = _text(entry, f"{prefix}_status").strip().upper()
        yield {
            "start": _extended(_text(entry, f"{prefix}_dtstart")),
            "end": _extended(_text(entry, f"{prefix}_dtend")),
            "zone": _text(entry, f"{prefix}_dtstart_tzid"),
            "place": _text(entry, f"{prefix}_location"),
            "whole_last_day": False,  # as in iCalendar the end is the first day after
            "status": "cancelled" if status == "CANCELLED" else "",
        }


def _gd(entry: Any) -> dict[str, Any]:
    when, where, status = (_attributes(entry, f"gd_{name}") for name in ("when", "where", "eventstatus"))
    return {
        "start": _text(when, "starttime"),
        "end": _text(when, "endtime"),
        "place": _text(where, "valuestring"),
        "whole_last_day": False,
        "status": "cancelled" if _text(status, "value").endswith("event.canceled") else "",
    }


def _extended(text: str) -> str:
    """ "20261203T140000Z" as "2026-12-03T14:00:00Z"."""
    found = _COMPACT.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day, hour, minute, second, zone = found.groups(default="")
    clock = f"T{hour}:{minute}:{second or '00'}{zone}" if hour else ""
    return f"{year}-{month}-{day}{clock}"


def _attributes(entry: Any, name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _text(entry: Any, name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


# ── <time> ───────────────────────────────────────────────────────────────────────────────────────────────


def marked(values: Iterable[str], zone: ZoneInfo, now: datetime) -> Span | None:
    """The one date to come that <time> elements mark. Of several days nobody knows which is meant.

    Two instants of one day are its start and its end; an instant says more than its day.
    """
    found = {moments.moment(text, zone, now): moments.is_date_only(text) for text in values}
    coming = {at: whole for at, whole in found.items() if at and at > now}
    if len({at.astimezone(zone).date() for at in coming}) != 1:
        return None
    hours = sorted(at for at, whole in coming.items() if not whole)
    if not hours:
        return Span(next(iter(coming)), None, True)
    return Span(hours[0], hours[1], False) if len(hours) == 2 else Span(hours[0], None, False)


def is_of_an_event(given: Mapping[str, str]) -> bool:
    """Whether a <time> with these attributes may say when something takes place, not when it was written."""
    said = " ".join(given.get(name, "") for name in ("class", "itemprop"))
    return bool(given.get("datetime")) and "pubdate" not in given and not _IS_PUBLICATION.search(said)


def times_in(markup: str) -> list[str]:
    """What the <time> elements in a piece of HTML mark."""
    if "<time" not in markup.lower():
        return []
    reader = _Times()
    with contextlib.suppress(AssertionError, ValueError):
        reader.feed(markup[:_MOST_MARKUP])
    return reader.found


class _Times(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        given = {name: (value or "").strip() for name, value in attrs}
        if tag == "time" and is_of_an_event(given) and len(self.found) < _MOST_TIMES:
            self.found.append(given["datetime"])
