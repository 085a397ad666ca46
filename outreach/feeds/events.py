"""When an event takes place, in words, and whether it is too late to announce it."""

from datetime import datetime, timedelta

from outreach.core import dates
from outreach.feeds.models import Entry, Event

_DAY = timedelta(days=1)


def event_of(entry: Entry | None) -> Event | None:
    """The event of `entry`, if it is one."""
    return getattr(entry, "event", None)


def too_late(event: Event | None, now: datetime) -> bool:
    """Whether announcing `event` makes no sense any more: it has begun, or its (last) whole day is over."""
    if event is None:
        return False
    if event.all_day:
        return (event.ends_at or event.starts_at + _DAY) <= now
    return event.starts_at <= now


def spoken(event: Event) -> str:
    """ "dinsdag 3 december 2026 14.00": exact, because a frozen text must still be true tomorrow."""
    first, last = dates.day(event.starts_at), _last_day(event)
    if last != first:
        return f"{first} – {last}"
    return first if event.all_day else f"{first} {dates.clock_time(event.starts_at)}"


def _last_day(event: Event) -> str:
    if event.ends_at is None or event.ends_at <= event.starts_at:
        return dates.day(event.starts_at)
    # Ends are exclusive: a whole-day event of one day ends at the next midnight.
    return dates.day(event.ends_at - timedelta(seconds=1))
