"""iCalendar (RFC 5545): the events of a calendar, each series once.

No Django here: this runs in the parser's own process, and a rule that never ends runs into its limits.
"""

import contextlib
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from outreach.feeds import cleaning, moments

_MOST_ITEMS, _MOST_CATEGORIES = 500, 20
_AHEAD = timedelta(days=400)
# Asked for one day, FREQ=SECONDLY since 1900 took longer than a minute. Nobody announces events that often.
_TOO_OFTEN = re.compile(rb"FREQ\s*=\s*(SECONDLY|MINUTELY|HOURLY)", re.I)
# The Events Calendar for WordPress writes {ID}-{start}-{end}@host: a rescheduled event has another UID.
_WORDPRESS_UID = re.compile(r"^(\d+)-\d+-\d+@(.+)$")


def read(body: bytes, *, base: str, zone: str, now: str) -> dict[str, Any]:
    """The calendar as JSON values, like `reading.read`; its items are events."""
    if _TOO_OFTEN.search(body):
        return {"wrong": "too-often"}
    calendars = _calendars(body)
    if not calendars:
        return {"wrong": "unreadable-calendar"}
    first = calendars[0]
    return {
        "title": cleaning.title_of(_text(first, "X-WR-CALNAME") or _text(first, "NAME"))[:200],
        "home": cleaning.address(_text(first, "URL"), base),
        "language": "",
        "version": "icalendar",
        "cut": False,
        # What is over leaves the list; that does not mean that it left the website.
        "complete": False,
        "items": _items(calendars, base, zone, datetime.fromisoformat(now))[:_MOST_ITEMS],
    }


def _calendars(body: bytes) -> list[Any]:
    """Every calendar of the file. Of one that is damaged, nothing: its events could be anything."""
    try:
        found = icalendar.Calendar.from_ical(body, multiple=True)
    except (ValueError, IndexError, KeyError):
        return []
    return [one for one in found if isinstance(one, icalendar.Calendar)]


def _items(calendars: list[Any], base: str, zone: str, now: datetime) -> list[dict[str, Any]]:
    """Each event once: first those to come, by their start, then what is over, newest first."""
    found = []
    for calendar in calendars:
        local = _zone(calendar, zone)
        for series in _series(calendar):
            # One event that cannot be read must not cost the others.
            with contextlib.suppress(Exception):
                found += _one(series, base, local, now)
    present = now.isoformat()
    coming = [item for item in found if item["event"]["starts_at"] >= present]
    over = [item for item in found if item["event"]["starts_at"] < present]
    return sorted(coming, key=_start) + sorted(over, key=_start, reverse=True)


def _start(item: dict[str, Any]) -> str:
    return str(item["event"]["starts_at"])


def _series(calendar: Any) -> list[list[Any]]:
    """The events of `calendar`; those of one series, with its exceptions, together."""
    groups: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        groups.setdefault(_uid(event) or f"#{number}", []).append(event)
    return list(groups.values())


def _one(series: list[Any], base: str, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """The item of a series, unless it is cancelled or says nothing."""
    event = _next(series, zone, now) if any("RRULE" in one or "RDATE" in one for one in series) else series[0]
    if _text(event, "STATUS").upper() == "CANCELLED":
        return []
    item = _item(event, _uid(event), base, zone, now)
    return [item] if item is not None and (item["title"] or item["link"]) else []


def _next(series: list[Any], zone: ZoneInfo, now: datetime) -> Any:
    """The next occurrence that is not over, within thirteen months; else the series as it began."""
    alone = icalendar.Calendar()
    for event in series:
        alone.add_component(event)
    try:
        query = recurring_ical_events.of(alone)
        found = query.between(now - timedelta(days=1), now + _AHEAD)
    except Exception:  # noqa: BLE001  (a rule that the library does not understand: the first day is known)
        return series[0]
    held = [event for event in found if _text(event, "STATUS").upper() != "CANCELLED"]
    return min(held, key=lambda event: _place_in_time(event, zone, now), default=series[0])


def _place_in_time(event: Any, zone: ZoneInfo, now: datetime) -> tuple[bool, datetime]:
    """Whether it is over, and its start: what takes place today must not hide behind yesterday."""
    start, all_day = _instant(event.get("DTSTART"), zone)
    if start is None:
        return True, now
    end = _end(event, start, zone) or (start + timedelta(days=1) if all_day else start)
    return end <= now, start


def _item(event: Any, uid: str, base: str, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    start, all_day = _instant(event.get("DTSTART"), zone)
    if start is None:
        return None
    end = _end(event, start, zone)
    description = _text(event, "DESCRIPTION")
    title = cleaning.title_of(_text(event, "SUMMARY"))
    summary = cleaning.summary_of(description)
    created, _ = _instant(event.get("CREATED"), zone)
    return {
        "guid": uid,
        "link": cleaning.address(_text(event, "URL"), base),
        "title": title or cleaning.first_sentence(summary),
        "summary": "" if summary == title else summary,
        "image_url": _image(event, base),
        "image_alt": "",
        "author": "",
        "categories": _categories(event),
        "published_at": _iso(moments.plausible(created, now) if created else None),
        "event": {
            "starts_at": _iso(start),
            "ends_at": _iso(end if end and end > start else None),
            "all_day": all_day,
            "place": cleaning.cut(cleaning.text_of(_text(event, "LOCATION")), 300),
        },
    }


def _end(event: Any, start: datetime, zone: ZoneInfo) -> datetime | None:
    end, _ = _instant(event.get("DTEND"), zone)
    lasts = getattr(event.get("DURATION"), "dt", None)
    return end or (start + lasts if isinstance(lasts, timedelta) else None)


def _uid(event: Any) -> str:
    """The same for every occurrence of a series, and for an event that was moved."""
    uid = cleaning.plain(_text(event, "UID"))
    wordpress = _WORDPRESS_UID.match(uid)
    return f"{wordpress[1]}@{wordpress[2]}" if wordpress else uid


def _instant(value: Any, zone: ZoneInfo) -> tuple[datetime | None, bool]:
    """The instant of a DATE or DATE-TIME, and whether it is a whole day. Without a zone: the calendar's."""
    found = getattr(value[0] if isinstance(value, list) and value else value, "dt", None)
    if isinstance(found, datetime):
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC), False
    if isinstance(found, date):
        return datetime.combine(found, time(), zone).astimezone(UTC), True
    return None, False


def _zone(calendar: Any, default: str) -> ZoneInfo:
    """X-WR-TIMEZONE, which Google and others write for times without a zone; else the site's."""
    try:
        return ZoneInfo(_text(calendar, "X-WR-TIMEZONE") or default)
    except (ValueError, OSError):
        return ZoneInfo(default)


def _image(event: Any, base: str) -> str:
    """ATTACH with a picture's type (The Events Calendar), or IMAGE (RFC 7986)."""
    for name in ("IMAGE", "ATTACH"):
        values = event.get(name) or []
        for value in values if isinstance(values, list) else [values]:
            kind = str(getattr(value, "params", {}).get("FMTTYPE", ""))
            is_picture = kind.startswith("image/") or (name == "IMAGE" and not kind)
            if is_picture and (url := cleaning.address(str(value), base)):
                return url
    return ""


def _categories(event: Any) -> list[str]:
    values = event.get("CATEGORIES") or []
    groups = values if isinstance(values, list) else [values]
    terms = (cleaning.text_of(str(term)) for group in groups for term in getattr(group, "cats", []))
    return [cleaning.cut(term, 100) for term in dict.fromkeys(terms) if term][:_MOST_CATEGORIES]


def _text(component: Any, name: str) -> str:
    """A property as text; of several of a name, the first."""
    value = component.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return str(value) if value is not None and not isinstance(value, list) else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
