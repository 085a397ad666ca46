"""iCalendar (RFC 5545): the events of a calendar, each series once.

No Django here: this runs in the parser's own process, and a rule that never ends runs into its limits.
"""

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from outreach.feeds import cleaning, event_words, markup_events, moments, occurrences

_MOST_ITEMS, _MOST_CATEGORIES = 2000, 20
_CONFERENCES = (
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)
# Asked for one day, FREQ=SECONDLY since 1900 took longer than a minute. Nobody announces events that often.
_TOO_OFTEN = re.compile(rb"FREQ\s*=\s*(SECONDLY|MINUTELY|HOURLY)", re.I)
# The Events Calendar for WordPress writes {ID}-{start}-{end}@host: a rescheduled event has another UID.
_WORDPRESS_UID = re.compile(r"^(\d+)-\d+-\d+@(.+)$")


def read(body: bytes, *, base: str, zone: str, now: str) -> dict[str, Any]:
    """The calendar as JSON values, like `reading.read`; its items are events."""
    if _TOO_OFTEN.search(body):
        return {"wrong": "too-often"}
    with warnings.catch_warnings():
        # "/vendor.example/Europe/Brussels" (RFC 5545, 3.2.19) means Europe/Brussels; whatever else it could
        # mean would be no zone that anybody knows.
        warnings.simplefilter("ignore", icalendar.GloballyUniqueTZIDGuessed)
        return _read(body, base, zone, now)


def _read(body: bytes, base: str, zone: str, now: str) -> dict[str, Any]:
    calendars = _calendars(body)
    if not calendars:
        return {"wrong": "unreadable-calendar"}
    first = calendars[0]
    items, complete = _items(calendars, base, zone, datetime.fromisoformat(now))
    return {
        "title": cleaning.title_of(_text(first, "X-WR-CALNAME") or _text(first, "NAME"))[:200],
        "home": cleaning.address(_text(first, "URL"), base),
        "language": "",
        "version": "icalendar",
        "cut": False,
        "complete": complete,
        "items": items[:_MOST_ITEMS],
    }


def _calendars(body: bytes) -> list[Any]:
    """Every calendar of the file. Of one that is damaged, nothing: its events could be anything."""
    try:
        found = icalendar.Calendar.from_ical(body, multiple=True)
    except (ValueError, IndexError, KeyError):
        return []
    return [one for one in found if isinstance(one, icalendar.Calendar)]


def _items(calendars: list[Any], base: str, zone: str, now: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Each event once: first those to come, by their start, then what is over, newest first.

    And whether all could be read: what cannot be read is not gone.
    """
    found, complete = [], True
    for calendar in calendars:
        clock = _Clock(calendar, zone)
        for series in _series(calendar):
            try:
                found += _one(series, calendar, base, clock, now)
            except Exception:  # noqa: BLE001 (one event that cannot be read must not cost the others)
                complete = False
    present = now.isoformat()
    coming = [item for item in found if item["event"]["starts_at"] >= present]
    over = [item for item in found if item["event"]["starts_at"] < present]
    return sorted(coming, key=_start) + sorted(over, key=_start, reverse=True), complete


class _Clock:
    """What a calendar's times without a zone mean.

    X-WR-TIMEZONE, which Google and others write, else the site's zone. `name` is what the calendar says.
    A whole day is that day of the site, whatever zone its calendar was set to.
    """

    def __init__(self, calendar: Any, default: str) -> None:
        self.name, self.zone, self.days = "", ZoneInfo(default), ZoneInfo(default)
        said = _text(calendar, "X-WR-TIMEZONE").strip()
        known = icalendar.timezone.tzp.timezone(said) if said else None
        if isinstance(known, ZoneInfo):
            self.name, self.zone = known.key, known


def _start(item: dict[str, Any]) -> str:
    return str(item["event"]["starts_at"])


def _series(calendar: Any) -> list[list[Any]]:
    """The events of `calendar`; those of one series, with its exceptions, together."""
    groups: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        groups.setdefault(_uid(event) or f"#{number}", []).append(event)
    return list(groups.values())


def _one(series: list[Any], calendar: Any, base: str, clock: _Clock, now: datetime) -> list[dict[str, Any]]:
    """The item of a series, unless it says nothing."""
    event = occurrences.chosen(series, calendar, lambda one: _instant(one.get("DTSTART"), clock)[0], now)
    item = _item(event, base, clock, now)
    if item is None or not (item["title"] or item["link"]):
        return []
    # METHOD:CANCEL (RFC 5546, 3.2.5) calls off whatever the file holds.
    if occurrences.is_off(event) or _text(calendar, "METHOD").strip().upper() == "CANCEL":
        item["event"]["status"] = "cancelled"
    item["event"]["repeats"] = occurrences.repeats(series)
    return [item]


def _item(event: Any, base: str, clock: _Clock, now: datetime) -> dict[str, Any] | None:
    title = cleaning.title_of(_text(event, "SUMMARY"))
    happening = _happening(event, title, clock)
    if happening is None:
        return None
    summary = cleaning.summary_of(_text(event, "DESCRIPTION"))
    created, _ = _instant(event.get("CREATED"), clock)
    return {
        "guid": _uid(event),
        "link": cleaning.address(_text(event, "URL"), base),
        "title": title or cleaning.first_sentence(summary),
        "summary": "" if summary == title else summary,
        "image_url": _image(event, base),
        "image_alt": "",
        "author": "",
        "categories": _categories(event),
        "published_at": moments.as_json(moments.plausible(created, now) if created else None),
        "event": happening,
    }


def _happening(event: Any, title: str, clock: _Clock) -> dict[str, Any] | None:
    start, all_day = _instant(event.get("DTSTART"), clock)
    if start is None:
        return None
    end = _end(event, start, clock)
    texts = (_text(event, "URL"), _text(event, "DESCRIPTION"))
    place, meeting = event_words.place_and_meeting(_text(event, "LOCATION"), *texts)
    span = moments.Span(start, end if end and end > start else None, all_day)
    online, status = _conference(event) or meeting, event_words.status_of(title)
    said = markup_events.happening(span, "calendar", status, place, online)
    return said | {"zone": _zone_name(event.get("DTSTART"), clock)}


def _conference(event: Any) -> str:
    """Where to meet online: CONFERENCE (RFC 7986, 5.11), or what Google and Microsoft write."""
    for name in _CONFERENCES:
        value = event.get(name) or []
        for one in value if isinstance(value, list) else [value]:
            if url := cleaning.address(str(one), ""):
                return url
    return ""


def _zone_name(start: Any, clock: _Clock) -> str:
    """The IANA name that goes with a start; "" when the calendar names none that is known."""
    found = getattr(start, "dt", None)
    if not isinstance(found, datetime):
        return clock.name
    known = found.tzinfo.key if isinstance(found.tzinfo, ZoneInfo) else ""
    # A time in UTC is an instant, it does not say whose clock it is on.
    is_local = found.tzinfo is not None and known not in {"", "UTC"}
    return known if is_local else clock.name if found.tzinfo is None or known == "UTC" else ""


def _end(event: Any, start: datetime, clock: _Clock) -> datetime | None:
    """DTEND, or DTSTART and DURATION: its days on the wall clock, its hours exact (RFC 5545, 3.3.6)."""
    end, _ = _instant(event.get("DTEND"), clock)
    lasts = getattr(event.get("DURATION"), "dt", None)
    if end or not isinstance(lasts, timedelta):
        return end
    first = event.get("DTSTART").dt
    own = (first.tzinfo or clock.zone) if isinstance(first, datetime) else clock.days
    days, hours = timedelta(days=lasts.days), timedelta(seconds=lasts.seconds)
    return (start.astimezone(own) + days).astimezone(UTC) + hours


def _uid(event: Any) -> str:
    """The same for every occurrence of a series, and for an event that was moved."""
    uid = cleaning.plain(_text(event, "UID"))
    wordpress = _WORDPRESS_UID.match(uid)
    return f"{wordpress[1]}@{wordpress[2]}" if wordpress else uid


def _instant(value: Any, clock: _Clock) -> tuple[datetime | None, bool]:
    """The instant of a DATE or DATE-TIME, and whether it is a whole day. Without a zone: the calendar's."""
    found = getattr(value[0] if isinstance(value, list) and value else value, "dt", None)
    if isinstance(found, datetime):
        return (found if found.tzinfo else found.replace(tzinfo=clock.zone)).astimezone(UTC), False
    if isinstance(found, date):
        return datetime.combine(found, time(), clock.days).astimezone(UTC), True
    return None, False


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
