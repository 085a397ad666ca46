"""When an event takes place, in words, and whether it is too late to announce it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from outreach.core import dates
from outreach.feeds.models import Entry, Event
from outreach.feeds.parsing import Happening

_DAY = timedelta(days=1)
BELIEVED = (Event.Trust.SURE, Event.Trust.CONFIRMED)


def event_of(entry: Entry | None) -> Event | None:
    """The event of `entry`, if it is one. What may be an event is none until somebody says so."""
    event = getattr(entry, "event", None)
    return event if event is not None and event.trust in BELIEVED else None


def is_doubtful(entry: Entry) -> bool:
    """Whether nobody said in time if it was an event: a person looks at it before it is posted."""
    event = getattr(entry, "event", None)
    return event is not None and event.trust == Event.Trust.LAPSED


def takes_place(event: Event | None) -> bool:
    """Whether it is neither cancelled nor postponed."""
    return event is not None and event.status == Event.Status.SCHEDULED


def word(event: Event) -> str:
    """ "Cancelled" or "Postponed"; empty when it takes place."""
    if event.status == Event.Status.POSTPONED:
        return gettext("Postponed")
    return gettext("Cancelled") if event.status == Event.Status.CANCELLED else ""


def is_over(said: Happening, now: datetime) -> bool:
    """Whether it has begun, or its whole day is over."""
    return too_late(Event(starts_at=said.starts_at, ends_at=said.ends_at, all_day=said.all_day), now)


def local_start(event: Event) -> datetime:
    """Its start on the organisation's clock."""
    return dates.local(event.starts_at)


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
    return first if event.all_day else f"{first} {dates.clock_time(event.starts_at)}{_elsewhere(event)}"


def where(event: Event) -> str:
    """Its place, or "online"."""
    return event.place or (gettext("online") if event.online_url else "")


def _elsewhere(event: Event) -> str:
    """ " (15.00 London)": the time where it takes place, when the clocks there show another one."""
    if not event.zone:
        return ""
    try:
        there = event.starts_at.astimezone(ZoneInfo(event.zone))
    except (ValueError, OSError, KeyError):  # a zone that nobody knows
        return ""
    if there.utcoffset() == dates.local(event.starts_at).utcoffset():
        return ""
    return f" ({dates.time_of_day(there.time())} {event.zone.rpartition('/')[2].replace('_', ' ')})"


def _last_day(event: Event) -> str:
    if event.ends_at is None or event.ends_at <= event.starts_at:
        return dates.day(event.starts_at)
    # Ends are exclusive: a whole-day event of one day ends at the next midnight.
    return dates.day(event.ends_at - timedelta(seconds=1))
