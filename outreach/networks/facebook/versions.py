"""The versions of the Graph API and when Facebook ends them.

Source: https://developers.facebook.com/docs/graph-api/changelog/versions, read in November 2026. Facebook
serves a version that has ended as the oldest that lives, without a word, so only this table tells. A version
that is not in it came later.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

ENDS: Mapping[str, date | None] = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": None,  # Facebook has not said
}
_NUMBER = 1  # where the digits begin


def end_of(version: str) -> datetime | None:
    """The first moment without `version`; None when that is not known. Those before the table have ended."""
    if version in ENDS:
        ends = ENDS[version]
    else:
        ends = min(filter(None, ENDS.values())) if _is_before_all(version) else None
    return datetime.combine(ends, time(), UTC) if ends else None


def _is_before_all(version: str) -> bool:
    try:
        return float(version[_NUMBER:]) < min(float(known[_NUMBER:]) for known in ENDS)
    except ValueError:
        return False
