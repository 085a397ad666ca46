"""Hours as people type them: "ma-vr 9:00,12:30; za 10:00". Days may be in Dutch, English or French."""

import re
from collections.abc import Iterable
from datetime import time, timedelta
from itertools import groupby

from django.utils.translation import get_language

from outreach.core import dates
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.posts.accounts.hours import Hours

_DAYS = (
    ("maandag", "monday", "lundi"),
    ("dinsdag", "tuesday", "mardi"),
    ("woensdag", "wednesday", "mercredi"),
    ("donderdag", "thursday", "jeudi"),
    ("vrijdag", "friday", "vendredi"),
    ("zaterdag", "saturday", "samedi"),
    ("zondag", "sunday", "dimanche"),
)
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.uh]\s*(\d{2})?)?\s*(?:uur|heures?)?", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|\btot\b|\bto\b|\buntil\b|\bà\b)\s*")
NOTHING = frozenset({"none", "geen", "aucun", "aucune", "-"})
"""How no slots, or no quiet hours, are asked for."""
_SLOTS = N_("“%(typed)s” cannot be read. Write time slots like: ma-vr 9:00,12:30; za 10:00")
_QUIET = N_("“%(typed)s” cannot be read. Write quiet hours like: 21:00-7:30; za; zo")
_NO_DAY = N_("“%(typed)s” is not a day. Write ma, di, wo, do, vr, za or zo, or the whole word.")
_NO_TIME = N_("“%(typed)s” is not a time. Write it like 9:00 or 12:30.")


def read_slots(text: str) -> tuple[tuple[int, time], ...]:
    """`ma-vr 9:00,12:30; za 10:00` as weekdays and times. Raises BadInput for `slots`."""
    if text.strip().lower() in NOTHING:
        return ()
    found: set[tuple[int, time]] = set()
    for part in _parts(text):
        parted = re.fullmatch(r"(\D*?)\s*(\d.*)", part)
        if parted is None:
            raise BadInput(say(_SLOTS, typed=part), "slots")
        days = read_days(parted[1], "slots") if parted[1].strip(" ,:") else range(7)
        found |= {(day, at) for day in days for at in read_times(parted[2], "slots")}
    return tuple(sorted(found))


def read_times(text: str, field: str) -> list[time]:
    """`9:00, 12.30 14u` as times. Raises BadInput for `field`."""
    return [read_time(word, field) for word in re.split(r"\s*[,;]\s*|\s+(?=\d)", text.strip()) if word]


def read_time(text: str, field: str) -> time:
    """`9`, `9:00`, `9.00`, `9u30`, `9h`: one time of the day. Raises BadInput for `field`."""
    found = _TIME.fullmatch(text.strip())
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else _no_time(text, field)
    except ValueError:
        return _no_time(text, field)


def read_quiet(text: str) -> tuple[tuple[time, time] | None, frozenset[int]]:
    """`21:00-7:30; za; zo` as quiet hours and quiet days. Raises BadInput for `quiet`."""
    quiet: tuple[time, time] | None = None
    days: set[int] = set()
    for part in _parts(text) if text.strip().lower() not in NOTHING else ():
        if not part[0].isdigit():
            days |= set(read_days(part, "quiet"))
            continue
        ends = _RANGE.split(part)
        if len(ends) != 2 or not all(ends) or quiet is not None:
            raise BadInput(say(_QUIET, typed=part), "quiet")
        quiet = read_time(ends[0], "quiet"), read_time(ends[1], "quiet")
    return quiet, frozenset(days)


def read_days(text: str, field: str) -> list[int]:
    """`ma-vr`, `za, zo`, `vr-ma` (over the weekend) as numbers, 0 is Monday. Raises BadInput for `field`."""
    days: list[int] = []
    for part in re.split(r"[,\s]+(?![-–—])", _RANGE.sub("-", text.strip(" ,:"))):
        ends = [_day(word, field) for word in part.split("-")]
        if len(ends) > 2:
            raise BadInput(say(_NO_DAY, typed=part), field)
        days += [(ends[0] + more) % 7 for more in range((ends[-1] - ends[0]) % 7 + 1)]
    return days


def written_slots(slots: Iterable[tuple[int, time]]) -> str:
    """The slots as `read_slots` takes them, in the active language: days with the same times together."""
    per_day = {
        day: _times(at for _day, at in found) for day, found in groupby(sorted(slots), lambda one: one[0])
    }
    together: dict[str, list[int]] = {}
    for day, times in per_day.items():
        together.setdefault(times, []).append(day)
    return "; ".join(f"{_names(days)} {times}" for times, days in together.items())


def written_quiet(hours: Hours) -> str:
    """The quiet hours as `read_quiet` takes them, in the active language."""
    parts = ["-".join(map(dates.time_of_day, hours.quiet))] if hours.quiet else []
    return "; ".join([*parts, *(dates.weekday(day) for day in sorted(hours.quiet_days))])


def minutes(distance: timedelta) -> int:
    """A distance as people give it."""
    return distance // timedelta(minutes=1)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _day(word: str, field: str) -> int:
    """The whole name of a day, or two or more of its first letters, in the three languages."""
    name = word.strip(" .").lower()
    # Two letters can be two days (“ma” is Monday in Dutch, Tuesday in French): the reader's language decides.
    own = ("nl", "en", "fr").index((get_language() or "nl")[:2])
    for language in (own, 0, 1, 2):
        for number, names in enumerate(_DAYS):
            if len(name) > 1 and names[language].startswith(name):
                return number
    raise BadInput(say(_NO_DAY, typed=word.strip()), field)


def _no_time(text: str, field: str) -> time:
    raise BadInput(say(_NO_TIME, typed=text.strip()), field)


def _times(times: Iterable[time]) -> str:
    return ", ".join(map(dates.time_of_day, times))


def _names(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{dates.weekday(days[0])}-{dates.weekday(days[-1])}"
    return ",".join(map(dates.weekday, days))
