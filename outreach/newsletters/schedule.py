"""When a newsletter goes out: wall-clock times in its zone, by pure functions.

A time that a clock change skips comes as much later as the clock jumps; one that comes twice counts the first
time (PEP 495, `fold=0`). Where a whole day does not exist (Apia, 30 December 2011), its slot comes a day
later; when another one is due at that very moment, they are one.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.newsletters.models import Newsletter

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_Frequency = Newsletter.Frequency


@dataclass(frozen=True)
class Schedule:
    """Days on a calendar, and one time on the wall clock of `zone`. Days of the week: 0 is Monday.

    With `every` above 1 only each so-many-th week (or month) counts. That in which `anchor` lies is one of
    them; the others follow from it, whatever the date of today.
    """

    frequency: str = _Frequency.WEEKLY
    weekdays: tuple[int, ...] = (1,)  # weekly: one or more
    weekday: int = 1  # of MONTHLY_WEEKDAY
    nth: int = 1  # 1 to 4, or -1 for the last
    month_day: int = 1  # 29 to 31: the month's last day when it is shorter
    every: int = 1
    anchor: date | None = None
    at: time = time(9, 0)
    zone: str = "UTC"


def of(newsletter: Newsletter) -> Schedule:
    """That of a row of Newsletter."""
    return Schedule(
        frequency=newsletter.frequency,
        weekdays=tuple(int(day) for day in newsletter.weekdays),
        weekday=newsletter.weekday,
        nth=newsletter.nth,
        month_day=newsletter.month_day,
        every=newsletter.every,
        anchor=newsletter.anchor,
        at=newsletter.at,
        zone=newsletter.zone,
    )


def anchored(schedule: Schedule, now: datetime) -> Schedule:
    """`schedule` with its first day from `now` on as the anchor, where it has none and needs one."""
    if schedule.every == 1 or schedule.anchor:
        return schedule
    first = next_slot(replace(schedule, every=1), now)
    return replace(schedule, anchor=_local_day(first, ZoneInfo(schedule.zone)))


def next_slot(schedule: Schedule, after: datetime) -> datetime:
    """The first moment (UTC) later than `after` at which an issue is due."""
    zone = ZoneInfo(schedule.zone)
    # From the day before: a slot that a clock change skips may land on the next day.
    days = _days(schedule, _local_day(after, zone) - _DAY)
    return next(slot for slot in (_instant(day, schedule.at, zone) for day in days) if slot > after)


def upcoming(schedule: Schedule, after: datetime, n: int = 3) -> list[datetime]:
    """The next `n` of them."""
    slots: list[datetime] = []
    for _number in range(n):
        slots.append(next_slot(schedule, slots[-1] if slots else after))
    return slots


def previous_slot(schedule: Schedule, before: datetime) -> datetime:
    """The last moment earlier than `before` at which one was due."""
    slot = next_slot(schedule, before - _DAY * (_period_days(schedule) + 2))
    while (following := next_slot(schedule, slot)) < before:
        slot = following
    return slot


def latest_slot(schedule: Schedule, first: datetime, now: datetime) -> datetime:
    """Of the slots from `first` on, the last one that is not later than `now`; at once, after years off too.

    `first` itself when that is still to come.
    """
    return max(first, previous_slot(schedule, now + timedelta.resolution))


def _period_days(schedule: Schedule) -> int:
    """Two slots that follow each other are never further apart, in days."""
    weekly = schedule.frequency == _Frequency.WEEKLY
    return schedule.every * 7 if weekly else schedule.every * 31 + 7


def _local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _days(schedule: Schedule, first: date) -> Iterator[date]:
    """Its days from `first` on, without end."""
    days = _weekly_days if schedule.frequency == _Frequency.WEEKLY else _monthly_days
    return (day for day in days(schedule, first) if day >= first)


def _weekly_days(schedule: Schedule, first: date) -> Iterator[date]:
    monday, anchor = _monday(first), _monday(schedule.anchor or first)
    monday += _WEEK * (-((monday - anchor) // _WEEK) % schedule.every)
    while True:
        yield from (monday + _DAY * weekday for weekday in sorted(schedule.weekdays))
        monday += _WEEK * schedule.every


def _monday(day: date) -> date:
    return day - _DAY * day.weekday()


def _monthly_days(schedule: Schedule, first: date) -> Iterator[date]:
    month = _month(first)
    month += -(month - _month(schedule.anchor or first)) % schedule.every
    while True:
        yield _day_in(schedule, month // 12, month % 12 + 1)
        month += schedule.every


def _month(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def _day_in(schedule: Schedule, year: int, month: int) -> date:
    """The day of `schedule` in this month."""
    last = monthrange(year, month)[1]
    if schedule.frequency == _Frequency.MONTHLY_DAY:
        return date(year, month, min(schedule.month_day, last))
    if schedule.nth == -1:
        end = date(year, month, last)
        return end - _DAY * ((end.weekday() - schedule.weekday) % 7)
    begin = date(year, month, 1)
    return begin + _DAY * ((schedule.weekday - begin.weekday()) % 7 + 7 * (schedule.nth - 1))
