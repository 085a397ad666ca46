"""A source that shows nothing new for unusually long: perhaps its feed is not what visitors see any more."""

from datetime import datetime, timedelta

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds import pace
from outreach.feeds.models import Source

_LEAST, _TIMES = timedelta(days=21), 6


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
    usual = pace.pause(source)
    if usual is None:
        return None, _LEAST
    return pace.recent(source)[0], max(_LEAST, _TIMES * usual)
