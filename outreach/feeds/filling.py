"""An old article that a short feed shows again: it fills the place of a newer one that was taken off.

It is never seen before and yet no news. It is told by where it stands: behind everything known. What stands
in its place among the others is a draft of long ago, which is news. What stands in front is such a draft, or
an old article that is kept on top: that only a person can say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from outreach.core.sentences import N_
from outreach.feeds.models import Entry
from outreach.feeds.parsing import Item

OLDER = N_(
    "It is older than everything that the feed showed before; an article was taken off the site, it seems."
)
OLD_DATE = N_(
    "It was never seen, yet it seems older than the watch over this feed. "
    "It waits until you say whether it is new, or was on the website before."
)
# Of so many steps from one item to the next, one may go the other way: an article that is kept on top.
_STEPS = 6


@dataclass(frozen=True)
class Filling:
    """Items never seen before: the `old` ones are no news; of the `doubtful` ones only a person can say."""

    old: list[Item] = field(default_factory=list)
    doubtful: list[Item] = field(default_factory=list)


def found(items: Sequence[Item], known: Sequence[Entry | None], since: datetime | None) -> Filling:
    """What only fills up the feed, which is watched `since` then.

    `known` are the entries that the `items` are, None for a new one. Without the events: one stands where its
    date puts it, and may have been written down long before it was published.
    """
    pairs = [(item, entry) for item, entry in zip(items, known, strict=True) if entry]
    if since is None or not pairs:
        return Filling()
    new = [item for item, entry in zip(items, known, strict=True) if not entry]
    older = [item for item in new if item.published_at and item.published_at < since]
    shown = [item.published_at for item, _ in pairs]
    if way := _way(shown):
        behind = _behind(items, known, way)
        undated = [item for item in behind if not item.published_at]
        among = [item for item in older if item not in behind]
        odd = [item for item in among if _is_out_of_place(item, items, known, way)]
        return Filling([item for item in behind if item in older], undated + odd)
    # The dates that it shows tell nothing, for now or for ever. What they said before tells a little.
    way = _way([entry.published_at or entry.first_seen_at for _, entry in pairs])
    behind = [item for item in _behind(items, known, way) if way or not item.published_at]
    return Filling([], older + [item for item in behind if item not in older])


def _behind(items: Sequence[Item], known: Sequence[Entry | None], way: int) -> list[Item]:
    """The items where the oldest stand, beyond all that is known. Most feeds begin with the newest."""
    places = [place for place, entry in enumerate(known) if entry]
    return list(items[: places[0]] if way > 0 else items[places[-1] + 1 :])


def _is_out_of_place(item: Item, items: Sequence[Item], known: Sequence[Entry | None], way: int) -> bool:
    """Whether the next known item on its older side is younger than it."""
    pairs = list(zip(items, known, strict=True))[::-way]
    after = pairs[next(place for place, (one, _) in enumerate(pairs) if one is item) :]
    dates = [one.published_at for one, entry in after if entry and one.published_at]
    return bool(dates and item.published_at and dates[0] > item.published_at)


def _way(dates: Sequence[datetime | None]) -> int:
    """-1: the newest stands first; 1: the oldest does; 0: there is no such order, or none is known yet."""
    steps = [(later > date) - (later < date) for date, later in pairwise(date for date in dates if date)]
    ups, downs = steps.count(1), steps.count(-1)
    if min(ups, downs) > (len(steps) >= _STEPS):
        return 0
    return (ups > downs) - (ups < downs)
