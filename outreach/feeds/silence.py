"""A source that shows nothing new for unusually long: perhaps its feed is not what visitors see any more."""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds.models import Source

_LEAST, _TIMES, _LOOKED_AT = timedelta(days=21), 6, 12


def notice(source: Source, now: datetime) -> None:
    """Say once that it is silent; forget that when something new has come. Not saved here."""
    last, limit = _last_and_limit(source)
    if last is None or now - last < limit:
        source.silent_at = None
        return
    if source.silent_at is None:
        source.silent_at = now
        words = N_("Nothing new for %(days)s days, which is unusual. Is this still the feed of the website?")
        record(source, say(words, days=(now - last).days), Activity.Level.WARNING)


def _last_and_limit(source: Source) -> tuple[datetime | None, timedelta]:
    """When it last had something new, and how long it may have nothing: six times its usual pause."""
    rows = source.entries.order_by("-first_seen_at", "-pk").values_list("published_at", "first_seen_at")
    dates = sorted((published or seen for published, seen in rows[:_LOOKED_AT]), reverse=True)
    if len(dates) < 3:
        return None, _LEAST
    pauses = [newer - older for newer, older in pairwise(dates)]
    return dates[0], max(_LEAST, _TIMES * timedelta(seconds=median(p.total_seconds() for p in pauses)))
