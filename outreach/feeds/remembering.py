"""What the last look at a feed found, so that the next one reads only what it does not know.

Of a thousand articles one is new; to read the others again is nearly all the work of a look. Leaving
them out must make no difference: where it could, the document is read whole (`Forgotten`), and so once a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.core import clock
from outreach.feeds.identity import Key, Keys, Kind
from outreach.feeds.models import Entry, LastLook, Source
from outreach.feeds.parsing import Feed, Item, Known

_GOOD_FOR = timedelta(days=1)


class Forgotten(Exception):
    """What is remembered does not hold any more; nothing was written. Read the document whole."""


@dataclass(frozen=True)
class Memory:
    """A look at a source: for each digest the entry that its item is, the date that it gave, and whether
    it was an event.
    """

    whole_at: datetime | None = None  # when a look last read everything
    frame: str = ""
    items: Mapping[str, tuple[int, str, bool]] = field(default_factory=dict)

    @property
    def known(self) -> Known:
        """What the parser may leave out."""
        return Known(self.frame, list(self.items))


NO_MEMORY = Memory()


@dataclass
class Shown:
    """One item of a document, and the entry that it is. Without keys when it was left out for being known."""

    item: Item
    keys: Keys | None
    entry: Entry | None
    is_event: bool = False


def memory_of(source: Source, now: datetime) -> Memory:
    """What was found by the looks since the last whole one, if that was within a day."""
    row = LastLook.objects.filter(source=source, whole_at__gt=now - _GOOD_FOR).first()
    return Memory(row.whole_at, row.frame, row.items) if row else NO_MEMORY


def shows(entry: Entry) -> bool:
    """Whether the last look found `entry`, as far as is remembered."""
    row = LastLook.objects.filter(source=entry.source_id).first()
    return row is not None and any(pk == entry.pk for pk, *_ in row.items.values())


def in_order(source: Source, memory: Memory, feed: Feed, read: list[Shown]) -> list[Shown]:
    """The items that were `read` and those that were left out, as the document shows them.

    Raises Forgotten when one that was left out needs a look.
    """
    left_out = _left_out(memory, feed)
    if not left_out:
        return read
    if not LastLook.objects.filter(source=source).exists():
        raise Forgotten  # an answer of staff meanwhile made it untrue
    entries = _light([memory.items[digest][0] for digest in left_out])
    lines = {shown.item.digest: shown for shown in read}
    for digest in left_out:
        pk, published, is_event = memory.items[digest]
        entry = entries.get(pk)
        if entry is None or entry.source_id != source.pk or entry.withdrawn_at or entry.missing_at:
            raise Forgotten
        date = datetime.fromisoformat(published) if published else None
        lines[digest] = Shown(Item(digest=digest, published_at=date), None, entry, is_event)
    return [lines[digest] for digest in feed.digests if digest in lines]


def check(shown: Sequence[Shown], known: Mapping[Key, Entry]) -> None:
    """Raises Forgotten when an item that was read has a key of one that was left out: which is which?"""
    left_out = {one.entry.pk for one in shown if one.entry and not one.keys}
    if any(entry.pk in left_out for entry in known.values()):
        raise Forgotten


def remember(
    source: Source, memory: Memory, feed: Feed, shown: Sequence[Shown], known: Mapping[Key, Entry]
) -> None:
    """Keep what this look found, if every item is told apart by keys of its own. `known` are all keys now."""
    rows = LastLook.objects.filter(source=source)
    whole_at = memory.whole_at if _left_out(memory, feed) else clock.now()
    if not feed.complete or not _are_told_apart(feed, shown, known):
        rows.delete()
        return
    items = {one.item.digest: _line(one) for one in shown if one.entry and one.entry.source_id == source.pk}
    values = {"whole_at": whole_at, "frame": feed.frame, "items": items}
    if not rows.update(**values):
        LastLook.objects.create(source=source, **values)


def _left_out(memory: Memory, feed: Feed) -> list[str]:
    same = feed.frame and feed.frame == memory.frame
    return [digest for digest in feed.digests if digest in memory.items] if same else []


def _light(pks: list[int]) -> dict[int, Entry]:
    """The entries, with the columns that the order of a feed is told by."""
    columns = ("source_id", "published_at", "first_seen_at", "withdrawn_at", "missing_at")
    return {entry.pk: entry for entry in Entry.objects.filter(pk__in=pks).only(*columns)}


def _are_told_apart(feed: Feed, shown: Sequence[Shown], known: Mapping[Key, Entry]) -> bool:
    """Whether no article stands there twice, and each key leads to the entry of its own item."""
    if not feed.frame or len({one.entry.pk for one in shown if one.entry}) < len(shown):
        return False
    read = [one for one in shown if one.keys]
    left_out = len(shown) - len(read)
    return left_out + len(feed.items) == len(shown) and all(_is_told_apart(one, known) for one in read)


def _is_told_apart(one: Shown, known: Mapping[Key, Entry]) -> bool:
    keys = one.keys or Keys([], [])
    shares = any(key.kind != Kind.TEXT for key in keys.weak)
    return not shares and all(one.entry is not None and known.get(key) == one.entry for key in keys.own)


def _line(one: Shown) -> tuple[int, str, bool]:
    date = one.item.published_at
    return one.entry.pk if one.entry else 0, date.isoformat() if date else "", one.is_event
