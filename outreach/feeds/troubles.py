"""Trouble with a source is said once, and so is its end; what comes and goes is said once a day.

Of a website with two machines, one of them broken, every second look fails for weeks.
"""

from datetime import datetime, timedelta

from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_
from outreach.feeds.models import Source

OVER = N_("The source can be read again.")
_QUIET = timedelta(days=1)


def is_to_be_told(source: Source, now: datetime) -> bool:
    """Whether staff should read of the failure of this moment; `source` is as it was before it.

    The first one is told, but for a relapse: that is told when the next look fails as well.
    """
    if source.failures == 0:
        return not _is_relapse(source, now)
    return source.failures == 1 and _is_relapse(source, source.last_poll_at or now)


def were_told(source: Source) -> bool:
    """Whether staff read of the trouble of `source`, and should read that it is over."""
    if source.failures == 0 or source.last_poll_at is None:
        return False
    return source.failures > 1 or not _is_relapse(source, source.last_poll_at)


def _is_relapse(source: Source, at: datetime) -> bool:
    """Whether it was said within the day before `at` that all is well again."""
    said = Activity.objects.filter(subject=subject_of(source), sentence__text=OVER)
    return said.filter(at__gt=at - _QUIET, at__lte=at).exists()
