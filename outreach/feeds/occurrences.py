"""Which day of a series counts: the next one that takes place (RFC 5545, 3.8.5 and 3.8.4.4).

No Django here: this runs in the parser's own process, and a rule that never ends runs into its limits.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import icalendar
import recurring_ical_events

# Most series have a next day soon; only the others are looked at for a year and a month.
_AHEAD = (timedelta(days=32), timedelta(days=400))
_DAY = timedelta(days=1)
_PER_DAY = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
# A rule may ask for any second of any hour. Nobody announces events that often.
_MOST_PER_DAY = 24


def chosen(
    series: list[Any], calendar: Any, begin_of: Callable[[Any], datetime | None], now: datetime
) -> Any:
    """The event of a series to announce: the next that takes place, else the next that was to.

    Of a series without a next day: the last known one. `begin_of` gives the instant at which an event begins.
    """
    newest = _newest(series)
    has_rule = _has_rule(newest)
    days = _days(newest, calendar, now) if has_rule else newest
    coming = [day for day in days if (begin := begin_of(day)) and not _is_over(day, begin, now)]
    held = [day for day in coming if not is_off(day)]
    if not coming and has_rule:
        return next((one for one in newest if "RECURRENCE-ID" not in one), newest[0])
    return min(held or coming, key=lambda day: begin_of(day) or now, default=newest[0])


def repeats(series: list[Any]) -> bool:
    """Whether it has several days: by a rule, or written out one by one."""
    return _has_rule(series) or len(_newest(series)) > 1


def _has_rule(series: list[Any]) -> bool:
    return any("RRULE" in one or "RDATE" in one for one in series)


def is_off(event: Any) -> bool:
    """Whether it is cancelled. TENTATIVE is not."""
    return str(event.get("STATUS", "")).strip().upper() == "CANCELLED"


def _newest(series: list[Any]) -> list[Any]:
    """Of several versions of the same event (SEQUENCE) only the newest."""
    versions: dict[tuple[str, str], Any] = {}
    for event in series:
        own = event.get("RECURRENCE-ID")
        key = (str(event.get("UID", "")), own.to_ical().decode() if hasattr(own, "to_ical") else "")
        if key not in versions or _sequence(event) > _sequence(versions[key]):
            versions[key] = event
    return list(versions.values())


def _sequence(event: Any) -> int:
    found = event.get("SEQUENCE", 0)
    return found if isinstance(found, int) else 0


def _days(series: list[Any], calendar: Any, now: datetime) -> list[Any]:
    """The days of the series from yesterday on; of one whose rule is beyond reason, none."""
    alone = icalendar.Calendar()
    if "X-WR-TIMEZONE" in calendar:
        # Times in UTC are repeated on the calendar's own clock, or summer time would move them.
        alone.add("X-WR-TIMEZONE", calendar["X-WR-TIMEZONE"])
    for event in series:
        alone.add_component(event)
    try:
        absurd = any(_is_absurd(rule) for event in series for rule in _rules(event))
        return [] if absurd else _expanded(alone, now)
    except Exception:  # noqa: BLE001  (a rule that the library does not understand: the first day is known)
        return []


def _expanded(alone: Any, now: datetime) -> list[Any]:
    query = recurring_ical_events.of(alone)
    days: list[Any] = []
    for ahead in _AHEAD:
        days = query.between(now - _DAY, now + ahead)
        # A day that is over, or off, is not what is looked for.
        if any(not is_off(day) and _stamp(day) > now for day in days):
            break
    return days


def _stamp(day: Any) -> datetime:
    found = day["DTSTART"].dt
    whole = found if isinstance(found, datetime) else datetime.combine(found, time())
    return whole if whole.tzinfo else whole.replace(tzinfo=UTC)


def _rules(event: Any) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _is_absurd(rule: Any) -> bool:
    """Whether it repeats more often than hourly, or names a day that no year has."""
    if str(next(iter(rule.get("FREQ", [])), "")).upper() not in _PER_DAY:
        return True
    if math.prod(len(rule.get(part) or "1") for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) > _MOST_PER_DAY:
        return True
    months, days = rule.get("BYMONTH") or range(1, 13), rule.get("BYMONTHDAY") or [1]
    return all(_never(int(month), int(day)) for month in months for day in days)


def _never(month: int, day: int) -> bool:
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return not 1 <= month <= 12 or not 1 <= abs(day) <= longest


def _is_over(event: Any, begin: datetime, now: datetime) -> bool:
    """A whole day is over when it ends, everything else has no more guests once it has begun."""
    start = event["DTSTART"]
    first = start[0] if isinstance(start, list) else start  # some calendars write it twice
    whole = not isinstance(first.dt, datetime)
    return (begin + _DAY if whole else begin) <= now
