"""A feed that moved: its new address is remembered when that has lasted.

A redirect "for good" is often not meant so: a site under maintenance sends every address to its home page, a
hotel's network sends all to its log-in. What lasts a week is meant.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from outreach.core.http import Fetched
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds.models import Source

_LASTS = timedelta(days=7)
COLUMNS = ("url", "moved_to", "moved_since")


def follow(source: Source, answer: Fetched, now: datetime) -> None:
    """Note on `source` where its feed is said to be, and believe it in the end. Not saved here.

    The site stays what it was: entries are recognised by it.
    """
    target = answer.moved_to if len(answer.moved_to) <= 1000 else ""
    if target != source.moved_to:
        source.moved_to, source.moved_since = target, now if target else None
    if not target or source.moved_since is None:
        return
    if _only_encrypted(source.url, target) or now - source.moved_since >= _LASTS:
        _believe(source)


def _only_encrypted(old: str, new: str) -> bool:
    """http became https, and nothing else changed: that is never a mistake."""
    return old.startswith("http://") and urlsplit(old)._replace(scheme="https").geturl() == new


def _believe(source: Source) -> None:
    old, new = source.url, source.moved_to
    source.moved_to, source.moved_since = "", None
    if Source.objects.filter(url=new).exclude(pk=source.pk).exists():
        return
    source.url = new
    record(source, say(N_("The feed moved from %(old)s to %(new)s; it is watched there."), old=old, new=new))
