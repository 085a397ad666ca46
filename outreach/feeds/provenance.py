"""Who said what of an event, and what it is by all that was said. Plain values in, plain values out.

Kept for each place that was read: the calendar, the page, the feed; and for staff, but of them only what
differs from the website. So a place that staff correct is no reason to miss that the event is called off.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from outreach.core import dates
from outreach.feeds.models import Event
from outreach.feeds.parsing import Happening

Said = Mapping[str, Mapping[str, Any]]
"""For each origin the columns that it says, as JSON."""

STAFF = str(Event.Origin.STAFF)
_SITE = [origin for origin in Event.Origin.values if origin != STAFF]  # the most trusted first
HINTS = (Event.Origin.TIME, Event.Origin.DATE, Event.Origin.TEXT)
"""What may be an event by its words or dates; the others are data that mean one."""
# What only makes sense together is said together.
WHEN = ("starts_at", "ends_at", "all_day")
_TYPED = (WHEN, ("place",), ("status",))
_COLUMNS = ("starts_at", "ends_at", "all_day", "place", "online_url", "status", "zone", "repeats")
_MOMENTS = ("starts_at", "ends_at")


def said_by(row: Event) -> dict[str, Any]:
    """All that was said of `row`. Of a row from before this was kept: what it says, by its origin."""
    if row.said:
        return dict(row.said)
    staff = [name for names in _TYPED for name in names]
    kept = staff if row.origin == STAFF else _COLUMNS
    return {str(row.origin): _json({name: getattr(row, name) for name in kept})}


def known_before(row: Event, now: Happening) -> dict[str, Any]:
    """All that was said of `row` before `now`.

    Nobody knows any more what the website said of a row from before this was kept: the date that it says
    first was known.
    """
    first = {} if row.said else {now.origin: values(replace(now, status=row.Status.SCHEDULED))}
    return first | said_by(row)


def values(said: Happening, by: int = 0) -> dict[str, Any]:
    """What one place says; `by` is the source that told it, if it is another one than that of the entry."""
    found = _json({name: getattr(said, name) for name in _COLUMNS})
    found |= {"place": said.place[:300], "online_url": said.online_url[:2000]}
    return found | ({"by": by} if by else {})


def happening(said: Said, origin: str) -> Happening:
    """The opposite of `values`."""
    return Happening(**(_columns(said[origin]) | {"origin": origin}))


def place_of(said: Said) -> str:
    """The most trusted place of the website that says anything; "" where only staff do."""
    return next((origin for origin in _SITE if origin in said), "")


def decided(said: Said) -> dict[str, Any]:
    """The columns of the event: what the most trusted place says, but for what staff say."""
    place, staff = place_of(said), said.get(STAFF, {})
    found = {**said.get(place, {}), **staff}
    origin = STAFF if "starts_at" in staff or not place else place
    return _columns(found) | {"origin": origin}


def corrected(said: Said, typed: Happening) -> dict[str, Any]:
    """`said`, when staff typed this. What is as the website has it still follows the website."""
    own, theirs = _json(vars(_whole(typed))), _with(said, {})
    known = _json(vars(_whole(Happening(**decided(theirs))))) if theirs else {}
    different = [names for names in _TYPED if any(known.get(name) != own[name] for name in names)]
    return _with(theirs, {name: own[name] for names in different for name in names})


def confirmed(said: Said) -> dict[str, Any]:
    """`said`, when staff said that the date is right: what was only a hint is theirs now."""
    place = place_of(said)
    found = said[place] if place in HINTS else {}
    return _with(said, {name: found[name] for name in WHEN if name in found} | dict(said.get(STAFF, {})))


def sided(said: Said, origin: str) -> dict[str, Any]:
    """`said`, when staff agree with `origin` on when and whether it takes place."""
    names = (*WHEN, "status")
    staff = {name: value for name, value in said.get(STAFF, {}).items() if name not in names}
    if origin != place_of(said):
        staff |= {name: said[origin][name] for name in names}
    return _with(said, staff)


def contradicts(said: Said, now: Happening, event: Event) -> bool:
    """Whether `now` is another date or status than the `event` has, by a place that did not say so before.

    `said` is what was said before. What a date adds to an earlier statement, or what somebody else said
    before, was known when the event became what it is.
    """
    before = said.get(now.origin)
    if now.status != event.status and now.status != (before or {}).get("status", "scheduled"):
        return True
    new = values(now)
    if now.repeats or event.repeats or is_same_time(now, event):
        return False
    if before is None and now.origin in HINTS:
        return False  # a text may always name some other date
    known = [one.get("starts_at") for one in said.values()]
    return new["starts_at"] not in known


def is_same_time(now: Happening, event: Event) -> bool:
    """A day without a time says less of the same."""
    if now.all_day or event.all_day:
        return dates.local(now.starts_at).date() == dates.local(event.starts_at).date()
    return now.starts_at == event.starts_at


def _whole(one: Happening) -> Happening:
    """As a form has it: to the minute, and whole days from midnight to midnight."""
    ends = one.ends_at.replace(second=0) if one.ends_at else None
    if not one.all_day:
        return replace(one, starts_at=one.starts_at.replace(second=0), ends_at=ends)
    last = one.ends_at - timedelta(seconds=1) if one.ends_at else one.starts_at
    return replace(one, starts_at=_midnight(one.starts_at), ends_at=_midnight(last, days=1))


def _midnight(at: datetime, days: int = 0) -> datetime:
    """That begins the day of `at`, or one so many days later."""
    day = dates.local(at).date() + timedelta(days=days)
    return dates.midnight(day)


def _with(said: Said, staff: dict[str, Any]) -> dict[str, Any]:
    rest = {origin: dict(one) for origin, one in said.items() if origin != STAFF}
    return rest | ({STAFF: staff} if staff else {})


def _json(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in columns.items()
    }


def _columns(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value
        for name, value in found.items()
        if name in _COLUMNS
    }
