"""Entries that left the website before they were posted."""

from datetime import datetime

from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import choosing
from outreach.feeds.models import Entry, Source

LEFT = N_("It left the website before it was posted.")
_BACK = N_("It is back on the website.")
_OLDER_SHOWN = 3


def withdraw(source: Source, shown: list[Entry], now: datetime) -> None:
    """Mark entries that wait to be posted and are no longer among the `shown` ones of a whole feed.

    An entry also vanishes by falling off the end of a short feed; then (nearly) everything shown is younger
    than it. Gone is only what should stand before several that are still there.
    """
    seen = {entry.pk for entry in shown}
    waiting = source.entries.filter(state=Entry.State.NEW, withdrawn_at=None).exclude(pk__in=seen)
    enough = max(1, min(_OLDER_SHOWN, len(shown) // 2))
    for entry in waiting:
        if sum(_is_older(other, entry) for other in shown) >= enough:
            Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW).update(withdrawn_at=now)
            record(entry, say(LEFT))


def take_back(entry: Entry) -> None:
    """It is shown again: what was decided for its absence alone is decided anew.

    Of two machines in front of a website one may go on for hours with the feed of before.
    """
    Entry.objects.filter(pk=entry.pk).update(withdrawn_at=None)
    if not choosing.revive(entry, LEFT, say(_BACK)):
        record(entry, say(_BACK))
    entry.refresh_from_db(fields=["withdrawn_at", "state", "reason"])


def _is_older(other: Entry, entry: Entry) -> bool:
    if other.published_at and entry.published_at:
        return other.published_at < entry.published_at
    return other.first_seen_at < entry.first_seen_at
