"""Dates as people say them, in the organisation's zone and the active language."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateformat import format as written
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext

from outreach.core import clock


def local(instant: datetime) -> datetime:
    """`instant` on the organisation's wall clock."""
    return instant.astimezone(ZoneInfo(settings.LOCAL_TIME_ZONE))


def when(instant: datetime | None) -> str:
    """ "Tomorrow 9.00", "Tuesday 3 December 14.00": short, relative where that helps."""
    if instant is None:
        return ""
    return f"{_day_word(instant)} {clock_time(instant)}"


def midnight(at: date) -> datetime:
    """When the day `at` begins here."""
    return datetime.combine(at, time(), ZoneInfo(settings.LOCAL_TIME_ZONE))


def day(instant: datetime | None) -> str:
    """ "Tuesday 3 December 2026" in the active language."""
    return written(local(instant), "l j F Y") if instant else ""


def of_calendar(at: date) -> str:
    """ "3 December 2026" in the active language: a day of the calendar, in no zone."""
    return written(at, "j F Y")


def clock_time(instant: datetime | None) -> str:
    """ "14.00" in Dutch, "14:00" elsewhere."""
    return time_of_day(local(instant).time()) if instant else ""


def time_of_day(at: time) -> str:
    """The same for a time on the wall clock."""
    return f"{at:%H.%M}" if _locale() == "nl" else f"{at:%H:%M}"


def weekday(number: int) -> str:
    """The name of a day in the active language; 0 is Monday."""
    return str(WEEKDAYS[number])


def exact(instant: datetime | None) -> str:
    """The full date and time with its zone, for titles."""
    return f"{day(instant)} {clock_time(instant)} ({settings.LOCAL_TIME_ZONE})" if instant else ""


def _locale() -> str:
    return (get_language() or "en").split("-")[0]


def _day_word(instant: datetime) -> str:
    days = (local(instant).date() - local(clock.now()).date()).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return written(local(instant), "l")
    same_year = local(instant).year == local(clock.now()).year
    return written(local(instant), "j F" if same_year else "j F Y")
