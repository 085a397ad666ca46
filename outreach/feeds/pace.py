"""How often a source publishes: the measure of how often to look, and of a silence that is unusual."""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from outreach.feeds.models import Source

_LOOKED_AT = 12
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=1)
_LOOKS_PER_PAUSE = 48


def pause(source: Source) -> timedelta | None:
    """The usual time between two of its entries; None while it has fewer than three."""
    dates = recent(source)
    if len(dates) < 3:
        return None
    pauses = [newer - older for newer, older in pairwise(dates)]
    return timedelta(seconds=median(one.total_seconds() for one in pauses))


def recent(source: Source) -> list[datetime]:
    """When its latest entries came, newest first."""
    rows = source.entries.order_by("-first_seen_at", "-pk").values_list("published_at", "first_seen_at")
    return sorted((published or seen for published, seen in rows[:_LOOKED_AT]), reverse=True)


def interval(source: Source) -> timedelta:
    """The time between two looks: what staff chose, else as the source's own pace asks for.

    A site with news every day is looked at each quarter of an hour, one with news every other week each hour.
    """
    if source.interval_minutes:
        return timedelta(minutes=source.interval_minutes)
    usual = pause(source)
    return min(max(usual / _LOOKS_PER_PAUSE, _SHORTEST), _LONGEST) if usual is not None else _SHORTEST
