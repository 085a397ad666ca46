"""An old article that a short feed shows again: it fills the place of a newer one that was taken off.

It is never seen before and yet no news. It is told by where it stands: behind everything known. A draft
of last year that is published today has an old date too, and stands in front.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from outreach.core.sentences import N_
from outreach.feeds.models import Entry
from outreach.feeds.parsing import Item

OLDER = N_(
    "It is older than everything that the feed showed before; an article was taken off the site, it seems."
)
_ENOUGH = 3
# Of so many steps from one item to the next, one may go the other way: an article that is kept on top.
_STEPS = 6


def fillers(items: Sequence[Item], known: Sequence[Entry | None]) -> list[Item]:
    """The unknown ones of `items` that only fill up the feed; `known` are the entries that the items are."""
    places = [place for place, entry in enumerate(known) if entry]
    oldest = _oldest(items, known)
    if oldest is None:
        return []
    way = _way([items[place] for place in places])
    behind = range(places[-1] + 1, len(items)) if way < 0 else range(places[0]) if way else range(len(items))
    dates = [(items[place].published_at, items[place]) for place in behind if not known[place]]
    return [item for date, item in dates if date and date < oldest]


def _oldest(items: Sequence[Item], known: Sequence[Entry | None]) -> datetime | None:
    """The oldest date of what is shown again, said now or before; None where too little is known."""
    pairs = [(item, entry) for item, entry in zip(items, known, strict=True) if entry]
    if len({entry.pk for _, entry in pairs}) < _ENOUGH:
        return None
    # A site may date all its old articles anew: what it said first counts as well.
    dates = [date for item, entry in pairs for date in (item.published_at, entry.published_at)]
    return min((date for date in dates if date), default=None)


def _way(items: Sequence[Item]) -> int:
    """-1: the newest stands first; 1: the oldest does; 0: there is no such order."""
    dates = [item.published_at for item in items if item.published_at]
    steps = [(later > date) - (later < date) for date, later in pairwise(dates)]
    ups, downs = steps.count(1), steps.count(-1)
    if min(ups, downs) > (len(steps) >= _STEPS):
        return 0
    return (ups > downs) - (ups < downs)
