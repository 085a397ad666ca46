"""A schedule in words, in the active language."""

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from outreach.core import dates
from outreach.newsletters.models import Newsletter
from outreach.newsletters.schedule import Schedule

_Frequency = Newsletter.Frequency


def describe(schedule: Schedule) -> str:
    """ "Every first Tuesday of the month at 9.00"."""
    values = {
        "count": schedule.every,
        "day": dates.weekday(_weekday(schedule)),
        "days": get_text_list([dates.weekday(day) for day in sorted(schedule.weekdays)], _("and")),
        "number": schedule.month_day,
        "time": dates.time_of_day(schedule.at),
    }
    return _pattern(schedule) % values


def _weekday(schedule: Schedule) -> int:
    return schedule.weekdays[0] if schedule.frequency == _Frequency.WEEKLY else schedule.weekday


def _pattern(schedule: Schedule) -> str:
    if schedule.frequency == _Frequency.WEEKLY:
        return _weekly(schedule)
    if schedule.frequency == _Frequency.MONTHLY_WEEKDAY:
        return (_nth() if schedule.every == 1 else _nth_of_some_months())[schedule.nth]
    return _on_a_date(schedule.every, shortened=schedule.month_day > 28)


def _weekly(schedule: Schedule) -> str:
    if schedule.every > 1:
        return _("Every %(count)s weeks on %(days)s at %(time)s")
    if len(schedule.weekdays) == 7:
        return _("Every day at %(time)s")
    if len(schedule.weekdays) > 1:
        return _("Every week on %(days)s at %(time)s")
    return _("Every %(day)s at %(time)s")


def _nth() -> dict[int, str]:
    return {
        1: _("Every first %(day)s of the month at %(time)s"),
        2: _("Every second %(day)s of the month at %(time)s"),
        3: _("Every third %(day)s of the month at %(time)s"),
        4: _("Every fourth %(day)s of the month at %(time)s"),
        -1: _("Every last %(day)s of the month at %(time)s"),
    }


def _nth_of_some_months() -> dict[int, str]:
    return {
        1: _("Every %(count)s months on the first %(day)s at %(time)s"),
        2: _("Every %(count)s months on the second %(day)s at %(time)s"),
        3: _("Every %(count)s months on the third %(day)s at %(time)s"),
        4: _("Every %(count)s months on the fourth %(day)s at %(time)s"),
        -1: _("Every %(count)s months on the last %(day)s at %(time)s"),
    }


def _on_a_date(every: int, *, shortened: bool) -> str:
    if every > 1 and shortened:
        return _("Every %(count)s months on day %(number)s (in a shorter month on its last day) at %(time)s")
    if every > 1:
        return _("Every %(count)s months on day %(number)s at %(time)s")
    if shortened:
        return _("Every month on day %(number)s (in a shorter month on its last day) at %(time)s")
    return _("Every month on day %(number)s at %(time)s")
