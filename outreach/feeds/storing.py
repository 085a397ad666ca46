"""What a successful look does to the rows, in the transaction of its caller.

The keys are written with their entry: they are the memory of what was seen, and a crash between the two would
post an article twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.db import IntegrityError, transaction

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import (
    changing,
    enriching,
    entries,
    filling,
    identity,
    likeness,
    merging,
    remembering,
    withdrawing,
)
from outreach.feeds.identity import Key, Keys
from outreach.feeds.models import Entry, EntryKey, Showing, Source
from outreach.feeds.parsing import Feed, Item
from outreach.feeds.remembering import NO_MEMORY, Memory, Shown

ALREADY_THERE = N_("It was already there when the source was added.")
_LEAST_HELD, _SHARE_HELD = 3, 0.30


@dataclass
class Outcome:
    """What one look brought."""

    new: list[Entry] = field(default_factory=list)
    seen: list[Entry] = field(default_factory=list)


def store(source: Source, feed: Feed, now: datetime, memory: Memory = NO_MEMORY) -> Outcome:
    """Bring the rows up to date with `feed`. Changes `source` (baseline, home) without saving it.

    `memory` is what the parser was told to leave out. Raises Forgotten, and has changed nothing, when the
    feed must be read whole.
    """
    source.home = identity.site_of(feed.home)
    # Before its entries, as who releases a held source does: in another order they would wait for each other.
    row = Source.objects.select_for_update().filter(pk=source.pk).first()
    items = identity.without_repeats(feed.items)
    keys = identity.keys_of(items, str(source.pk), source.home)
    known = _known(source.site, keys)
    had_history = source.entries.exists()
    read = [
        Shown(item, own, identity.match(item, own, known, source.site), bool(item.event))
        for item, own in zip(items, keys, strict=True)
    ]
    shown = remembering.in_order(source, memory, feed, read)
    remembering.check(shown, known)
    strange = not any(one.entry for one in shown)
    look = _Look(source, now, known, shown)
    for one in _oldest_first(shown):
        look.take(one)
    if source.showings_since is None:
        source.showings_since = now
        Source.objects.filter(pk=source.pk).update(showings_since=now)
    if source.baseline_at is None:
        source.baseline_at = now
    elif had_history and not (row and row.held_at):
        # The row is asked, not `source`: staff may have let go of it since this look began.
        _brake(source, look.outcome, len(shown), now, strange=strange)
    if feed.complete:
        by_start = feed.version == "icalendar" or not _is_newest_first(shown)
        withdrawing.withdraw(source, look.outcome.seen, now, by_start=by_start)
    remembering.remember(source, memory, feed, shown, look.known)
    return look.outcome


def _oldest_first(shown: list[Shown]) -> list[Shown]:
    """By the site's dates; where one lacks, the document upside down, for feeds start with the newest."""
    dated = [(one.item.published_at, one) for one in reversed(shown) if one.item.published_at]
    if len(dated) < len(shown):
        return shown[::-1]
    return [one for _, one in sorted(dated, key=lambda pair: pair[0])]


def _is_newest_first(shown: list[Shown]) -> bool:
    """Not so in a calendar's feed: the next event stands first, the last may be pushed off the end."""
    dates = [one.item.published_at for one in shown if one.item.published_at]
    steps = [(b > a) - (b < a) for a, b in pairwise(dates)]
    return sum(steps) <= 0


def _known(site: str, keys: Iterable[Keys]) -> dict[Key, Entry]:
    """The entries behind the keys of a feed of `site`.

    A key that names a site is kept by that one; until that was so it was kept by the site of the feed. An
    entry has several keys: it is loaded once, not with each of them.
    """
    asked = {key for own in keys for key in (*own.own, *own.weak)}
    sites, values = {key.site or site for key in asked} | {site}, {key.value for key in asked}
    rows = EntryKey.objects.filter(site__in=sites, value__in=values)
    found = {
        (at, kind, value): pk for at, kind, value, pk in rows.values_list("site", "kind", "value", "entry")
    }
    places = {key: [(at, key.kind, key.value) for at in (key.site or site, site)] for key in asked}
    hits = {key: next((found[one] for one in ones if one in found), None) for key, ones in places.items()}
    entries = Entry.objects.select_related("event", "source").in_bulk({pk for pk in hits.values() if pk})
    return {key: entries[pk] for key, pk in hits.items() if pk in entries}


class _Look:
    """One look at a source's feed, item by item."""

    def __init__(
        self, source: Source, now: datetime, known: dict[Key, Entry], shown: Sequence[Shown]
    ) -> None:
        self.source, self.now, self.known = source, now, known
        articles = [one for one in shown if not one.is_event]
        items, entries = [one.item for one in articles], [one.entry for one in articles]
        self.fillers = filling.found(items, entries, source.baseline_at)
        self.shown = {one.entry.pk for one in shown if one.entry}
        self.seen: set[int] = set()  # in this look, so far
        others = [one.entry.pk for one in shown if one.entry and one.entry.source_id != source.pk]
        noted = Showing.objects.filter(source=source, entry__in=others) if others else Showing.objects.none()
        self.noted = set(noted.values_list("entry", flat=True))
        self.outcome = Outcome()

    def take(self, one: Shown) -> None:
        """Recognise the item, or store it. One that was left out is what it was."""
        if one.keys:
            one.entry = self._entry_of(one.item, one.keys)
        if one.entry:
            self._note_showing(one.entry)
            self.outcome.seen.append(one.entry)
            self.shown.add(one.entry.pk)
            self.seen.add(one.entry.pk)

    def _entry_of(self, item: Item, keys: Keys) -> Entry:
        entry = identity.match(item, keys, self.known, self.source.site)
        if entry is None:
            entry = self._store(item, keys)
        else:
            if self._is_news_here(entry) and not self._why_old(item):
                changing.adopt(self.source, entry, self.now)
                self.outcome.new.append(entry)
            # Of two items that are one, what the first says stays: else each look would change it twice.
            if entry.pk not in self.seen:
                changing.see(self.source, entry, item, self.now)
            self._remember(entry, keys)
        self.known.update(dict.fromkeys(self._free(keys), entry))
        return entry

    def _store(self, item: Item, keys: Keys) -> Entry:
        try:
            with transaction.atomic():
                entry = self._create(item, keys)
        except IntegrityError:
            # Another feed of the site was faster with the same article: it is theirs.
            self.known.update(_known(self.source.site, [keys]))
            winner = identity.match(item, keys, self.known, self.source.site)
            if winner is None:
                raise
            return winner
        self.outcome.new.append(entry)
        return entry

    def _create(self, item: Item, keys: Keys) -> Entry:
        entry, why_old = entries.entry_from(item, self.source), self._why_old(item)
        entry.first_seen_at = self.now
        if why_old:
            entry.state, entry.reason = Entry.State.IGNORED, why_old
        elif enriching.is_wanted(self.source, item):
            entry.page_due_at = self.now
        entry._state.fields_cache.pop("event", None)  # merging decides what it is
        entry.save()
        EntryKey.objects.bulk_create(_rows(self.source.site, entry, self._free(keys)))
        seen = say(N_("Seen for the first time, in the feed “%(source)s”."), source=self.source.name)
        record(entry, seen)
        merging.meet(entry, item.event, item.hint, self.now)
        if why_old:
            record(entry, why_old)
        else:
            likeness.notice(entry, self.shown, self.now, identity.namesake(keys, self.known))
            if item in self.fillers.doubtful and entry.question != Entry.Question.DUPLICATE:
                merging.ask(entry, Entry.Question.DUPLICATE, say(filling.OLD_DATE))
        return entry

    def _is_news_here(self, entry: Entry) -> bool:
        """Whether another feed of the site was added just before this one could show its news.

        That feed put it aside as already there. This one was watched before, and would have had it, had it
        ever shown it.
        """
        aside = entry.state == Entry.State.IGNORED and entry.reason.text == ALREADY_THERE
        watched = self.source.baseline_at is not None and self.source.baseline_at < entry.first_seen_at
        return aside and watched and entry.source_id != self.source.pk

    def _why_old(self, item: Item) -> Sentence:
        """Why a new entry is not posted; nothing for one that is."""
        if self.source.baseline_at is None:
            return say(ALREADY_THERE)
        return say(filling.OLDER) if item in self.fillers.old else NOTHING

    def _note_showing(self, entry: Entry) -> None:
        """An article of another feed of the site is news here too, unless this feed had it from the start."""
        if entry.source_id == self.source.pk or entry.pk in self.noted:
            return
        self.noted.add(entry.pk)
        at = self.now if self.source.showings_since else None
        Showing.objects.get_or_create(source=self.source, entry=entry, defaults={"at": at})

    def _remember(self, entry: Entry, keys: Keys) -> None:
        EntryKey.objects.bulk_create(_rows(self.source.site, entry, self._free(keys)), ignore_conflicts=True)

    def _free(self, keys: Keys) -> list[Key]:
        return [key for key in keys.own if key not in self.known]


def _rows(site: str, entry: Entry, keys: Iterable[Key]) -> list[EntryKey]:
    return [EntryKey(site=key.site or site, kind=key.kind, value=key.value, entry=entry) for key in keys]


def _brake(source: Source, outcome: Outcome, shown: int, now: datetime, *, strange: bool) -> None:
    """Hold the source when too much looks new: a site that moves must not flood the followers.

    `strange`: nothing of what it shows was known. That is too much already when it is a few, or of before.
    """
    fresh = [entry for entry in outcome.new if entry.state == Entry.State.NEW]
    many = len(fresh) > max(_LEAST_HELD, _SHARE_HELD * shown)
    if not many and not (strange and fresh and (shown >= _LEAST_HELD or _are_of_before(source, fresh))):
        return
    source.held_at = now
    Source.objects.filter(pk=source.pk).update(held_at=now)
    sentence = say(
        N_(
            "%(count)s of %(shown)s articles look new at once. Perhaps the website moved. "
            "Nothing of this source is posted until you say what they are."
        ),
        count=len(fresh),
        shown=shown,
    )
    record(source, sentence, Activity.Level.TROUBLE)
    for entry in fresh:
        record(entry, say(N_("Held: too many articles looked new at once.")), Activity.Level.WARNING)


def _are_of_before(source: Source, fresh: list[Entry]) -> bool:
    """An archive is shown, of which nothing was seen."""
    dates = [entry.published_at for entry in fresh if entry.published_at]
    return any(source.baseline_at and date < source.baseline_at for date in dates)
