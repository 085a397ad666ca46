"""Dates as feeds write them. No Django here: this runs in the parser's own process."""

import calendar
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from time import struct_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

_FIRST_YEAR, _YEARS_AHEAD = 1995, timedelta(days=5 * 366)
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")

# How the names of the months begin, without accents: nl, fr, en, de, it, es, pt.
_MONTHS = (
    "jan gen ene",
    "feb fev",
    "mar mrt maa mae",
    "apr avr abr",
    "mei mai may mag",
    "jun juin giu",
    "jul juil lug",
    "aug aou ago",
    "sep set",
    "okt oct ott out",
    "nov",
    "dec dez dic",
)
_BEGINNINGS = {start: number for number, names in enumerate(_MONTHS, 1) for start in names.split()}
_DAY, _MONTH, _YEAR = (
    r"(?P<day>\d{1,2})(?:ste|st|nd|rd|th|de|er|e|\.)?",
    r"(?P<month>[^\W\d_]{3,10})\.?",
    r"(?P<year>\d{4})",
)
_DATES = (
    re.compile(rf"\b{_DAY}[\s-]+(?:de )?{_MONTH}[\s,-]+(?:de )?{_YEAR}\b"),  # 25 november 2026, 25-nov-2026
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b"),  # November 25, 2026
    re.compile(rf"\b(?P<day>\d{{1,2}})(?P<s>[/.-])(?P<month>\d{{1,2}})(?P=s){_YEAR}\b"),  # 25/11/2026
    re.compile(rf"\b{_YEAR}(?P<s>[/.-])(?P<month>\d{{1,2}})(?P=s)(?P<day>\d{{1,2}})(?:t|\b)"),  # 2026/11/25
)
_HOUR = re.compile(
    r"\b(\d{1,2})(?:[:.hu](\d{2})(?::(\d{2})(?:\.\d+)?)?|\s?(?:u|uur|h|heures?)\b)(?:\s*([ap])\.?m\b)?"
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?\b")
_ZONE_NAME = re.compile(r"\(?([a-z]+(?:/[a-z_]+)*)")
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1}
_ZONES |= {"cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4}
_ZONES |= {"cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}


def moment(text: object, zone: ZoneInfo, now: datetime, parsed: struct_time | None = None) -> datetime | None:
    """The instant that `text` names, in UTC; a time without a zone is the wall clock of the site.

    `parsed` is feedparser's reading, used last: it takes CEST and times without a zone for UTC. None for
    what cannot be read and for years that cannot be meant (before 1995, or more than five ahead).
    """
    found = _iso(text) or _written(text) or _mail(text) if isinstance(text, str) else None
    if found is None and parsed is not None:
        found = _from_struct(parsed)
    if found is None:
        return None
    return plausible(found if found.tzinfo else found.replace(tzinfo=zone), now)


def as_json(moment: datetime | None) -> str | None:
    """As the answer of the parser has it."""
    return moment.isoformat() if moment else None


class Span(NamedTuple):
    """When something takes place, in UTC; the end is exclusive, and after the start."""

    start: datetime
    end: datetime | None
    all_day: bool


def span(
    start: object, end: object, zone: ZoneInfo, now: datetime, *, whole_last_day: bool = True
) -> Span | None:
    """What lies between two dates as they are written; None without a start that can be read.

    `whole_last_day`: an end without an hour is the last day, else the first day after it. A whole day is also
    written as 00:00:00 to 23:59:59 (The Events Calendar).
    """
    begins, ends = moment(start, zone, now), moment(end, zone, now)
    if begins is None:
        return None
    if ends and whole_last_day and (is_date_only(end) or is_date_only(start)):
        ends = next_midnight(ends, zone)
    clocks = [at.astimezone(zone).strftime("%H%M") for at in (begins, ends) if at]
    whole = clocks == ["0000", "2359"]
    if whole and ends:
        ends = next_midnight(ends, zone)
    return Span(begins, ends if ends and ends > begins else None, is_date_only(start) or whole)


def next_midnight(day: datetime, zone: ZoneInfo) -> datetime:
    """The midnight after the day of `day` on the clock of `zone`, in UTC."""
    after = day.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(after, time(), zone).astimezone(UTC)


def is_date_only(text: object) -> bool:
    """Whether it names a day and no hour."""
    return isinstance(text, str) and bool(_DATE_ONLY.fullmatch(text.strip()))


def newest(dates: Sequence[datetime | None], most: int) -> list[int]:
    """The places of at most `most` of the dates, in their own order: the undated ones, then the latest.

    A feed that begins with its oldest article must not lose what is new. Where nothing is dated the first
    ones stay, because most feeds begin with what is new.
    """
    never = datetime.max.replace(tzinfo=UTC)
    order = sorted(range(len(dates)), key=lambda place: dates[place] or never, reverse=True)
    return sorted(order[:most])


def _iso(text: str) -> datetime | None:
    """ISO 8601, W3CDTF, RFC 3339."""
    if not re.match(r"\d{4}-\d\d-\d\d", text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _written(text: str) -> datetime | None:
    """RFC 822, and dates as people write them, in the languages of `_MONTHS`; the day before the month."""
    plain = without_accents(text[:100].lower())
    for form in _DATES:
        if found := form.search(plain):
            return _put_together(found, plain[found.end() :])
    return None


def _put_together(date: re.Match[str], rest: str) -> datetime | None:
    """The day in `date` at the hour and in the zone that follow it."""
    month = _month(date["month"])
    hour, minute, second, behind = _clock(rest)
    zone = _zone(behind.strip())
    try:
        return datetime(int(date["year"]), month, int(date["day"]), hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _month(name: str) -> int:
    """1 to 12; anything else for what is no month."""
    if name.isdecimal():
        return int(name)
    return next((number for start, number in _BEGINNINGS.items() if name.startswith(start)), 0)


def _clock(text: str) -> tuple[int, int, int, str]:
    """Hour, minute, second, and the text behind them; midnight when no hour is named."""
    found = _HOUR.search(text)
    if found is None:
        return 0, 0, 0, ""
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    return hour, int(found[2] or 0), int(found[3] or 0), text[found.end() :]


def _zone(text: str) -> tzinfo | None:
    """The zone of "+0200", "CEST", "GMT+2" or "Europe/Brussels"; None for what is none."""
    if offset := _OFFSET.match(text):
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-ahead if offset[1] == "-" else ahead) if ahead < timedelta(days=1) else None
    name = found[1] if (found := _ZONE_NAME.match(text)) else ""
    if "/" not in name:
        return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else None
    return zone_named(name.title())


def zone_named(name: str) -> ZoneInfo | None:
    """The zone with that IANA name ("Europe/Brussels"); None for what is none ("Mars/Olympus", "UTC+2")."""
    try:
        return ZoneInfo(name) if "/" in name else None
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None


def without_accents(text: str) -> str:
    """ "février" as "fevrier": sites write both."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _mail(text: str) -> datetime | None:
    """The forms of RFC 822 that are obsolete: years of two digits, no colon in the hour, the year last."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None and text.rstrip().endswith("-0000") else found


def _from_struct(parsed: struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def plausible(found: datetime, now: datetime) -> datetime | None:
    """`found` in UTC; None for a year that cannot be meant."""
    try:
        instant = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant.year >= _FIRST_YEAR and instant <= now + _YEARS_AHEAD else None
