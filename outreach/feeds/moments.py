"""Dates as feeds write them. No Django here: this runs in the parser's own process."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time
from zoneinfo import ZoneInfo

_FIRST_YEAR, _YEARS_AHEAD = 1995, timedelta(days=5 * 366)
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def moment(text: object, zone: ZoneInfo, now: datetime, parsed: struct_time | None = None) -> datetime | None:
    """The instant that `text` names, in UTC; a time without a zone is the wall clock of the site.

    `parsed` is feedparser's reading, used last: it takes CEST and times without a zone for UTC. None for
    what cannot be read and for years that cannot be meant (before 1995, or more than five ahead).
    """
    found = _iso(text) or _mail(text) if isinstance(text, str) else None
    if found is None and parsed is not None:
        found = _from_struct(parsed)
    if found is None:
        return None
    return plausible(found if found.tzinfo else found.replace(tzinfo=zone), now)


def is_date_only(text: object) -> bool:
    """Whether it names a day and no hour."""
    return isinstance(text, str) and bool(_DATE_ONLY.fullmatch(text.strip()))


def _iso(text: str) -> datetime | None:
    """ISO 8601, W3CDTF, RFC 3339."""
    if not re.match(r"\d{4}-\d\d-\d\d", text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    """RFC 822 with the day's name in any language. A zone such as CEST comes back as "no zone"."""
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
