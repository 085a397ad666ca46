"""When a newsletter goes out: wall-clock times in its zone, by pure functions.

A time that a clock change skips comes an hour later that day; one that comes twice counts the first time
(PEP 495, `fold=0`).
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from outreach.core import dates
from outreach.newsletters.models import Newsletter

_DAY = timedelta(days=1)
_Frequency = Newsletter.Frequency


def next_slot(newsletter: Newsletter, after: datetime) -> datetime:
    """The first moment (UTC) later than `after` at which an issue of `newsletter` is due."""
    zone = ZoneInfo(newsletter.zone)
    # From the day before: where clocks change at midnight, a skipped time lands on the next day.
    slots = (_instant(day, newsletter.at, zone) for day in _days(newsletter, _local_day(after, zone) - _DAY))
    return next(slot for slot in slots if slot > after)


def upcoming(newsletter: Newsletter, after: datetime, n: int = 3) -> list[datetime]:
    """The next `n` of them."""
    slots: list[datetime] = []
    for _number in range(n):
        slots.append(next_slot(newsletter, slots[-1] if slots else after))
    return slots


def latest_slot(newsletter: Newsletter, first: datetime, now: datetime) -> datetime:
    """Of the slots from `first` on, the last one that is not later than `now`."""
    slot = first
    while (following := next_slot(newsletter, slot)) <= now:
        slot = following
    return slot


def describe(newsletter: Newsletter) -> str:
    """ "Every first Tuesday of the month at 9.00", in the active language."""
    values = {
        "day": dates.weekday(newsletter.weekday),
        "number": newsletter.month_day,
        "time": dates.time_of_day(newsletter.at),
    }
    return _pattern(newsletter) % values


def _pattern(newsletter: Newsletter) -> str:
    if newsletter.frequency == _Frequency.WEEKLY:
        return _("Every %(day)s at %(time)s")
    if newsletter.frequency == _Frequency.MONTHLY_WEEKDAY:
        return {
            1: _("Every first %(day)s of the month at %(time)s"),
            2: _("Every second %(day)s of the month at %(time)s"),
            3: _("Every third %(day)s of the month at %(time)s"),
            4: _("Every fourth %(day)s of the month at %(time)s"),
            -1: _("Every last %(day)s of the month at %(time)s"),
        }[newsletter.nth]
    if newsletter.month_day > 28:
        return _("Every month on day %(number)s (in a shorter month on its last day) at %(time)s")
    return _("Every month on day %(number)s at %(time)s")


def _local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _days(newsletter: Newsletter, first: date) -> Iterator[date]:
    """Its days from `first` on."""
    if newsletter.frequency == _Frequency.WEEKLY:
        day = first + _DAY * ((newsletter.weekday - first.weekday()) % 7)
        while True:
            yield day
            day += _DAY * 7
    year, month = first.year, first.month
    while True:
        day = _day_in(newsletter, year, month)
        if day >= first:
            yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _day_in(newsletter: Newsletter, year: int, month: int) -> date:
    """The day of `newsletter` in this month."""
    last = monthrange(year, month)[1]
    if newsletter.frequency == _Frequency.MONTHLY_DAY:
        return date(year, month, min(newsletter.month_day, last))
    if newsletter.nth == -1:
        end = date(year, month, last)
        return end - _DAY * ((end.weekday() - newsletter.weekday) % 7)
    begin = date(year, month, 1)
    return begin + _DAY * ((newsletter.weekday - begin.weekday()) % 7 + 7 * (newsletter.nth - 1))
