"""An entry that is shown again: what the website changed since."""

from datetime import datetime
from typing import Any

from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, say
from outreach.feeds import entries, merging, withdrawing
from outreach.feeds.models import Entry, EntryChange, EntryKey, LastLook, Source
from outreach.feeds.parsing import Item

_TOLD, _MOST_CHANGES = ("title", "summary", "link", "image_url"), 24


def see(source: Source, entry: Entry, item: Item, now: datetime) -> None:
    """Bring the entry up to date. Only its content: whether it is posted was decided when it was new."""
    if entry.withdrawn_at:
        withdrawing.take_back(entry)
    if entry.source_id != source.pk:
        # Two feeds of a site may tell the same article differently; the one that had it first is followed.
        # When it takes place is another matter: the site's calendar knows best, whoever was first.
        if item.event and merging.is_new_of(entry, item.event, source):
            merging.meet(entry, item.event, None, now, source)
        return
    if entry.missing_at:
        Entry.objects.filter(pk=entry.pk).update(missing_at=None)
    if entry.content_hash != entries.content_hash(item):
        _change(entry, item, now)


def adopt(source: Source, entry: Entry, now: datetime) -> None:
    """Take over, as new, an entry that the first look of another feed put aside."""
    rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.IGNORED)
    rows.update(source=source, state=Entry.State.NEW, reason=NOTHING, first_seen_at=now)
    entry.refresh_from_db()
    record(
        entry, say(N_("It is new in the feed “%(source)s”, which was watched before."), source=source.name)
    )


def replace(entry: Entry, new: Entry, now: datetime) -> None:
    """The website shows `new` in the place of `entry`, and they are one: `entry` is what is followed.

    To be called in a transaction.
    """
    EntryKey.objects.filter(entry=new).update(entry=entry)
    LastLook.objects.filter(source=entry.source_id).delete()  # it says that `new` is shown
    if entry.withdrawn_at and not new.withdrawn_at:
        withdrawing.take_back(entry)
    columns = (*entries.CONTENT, "content_hash", "page", "page_gone_at", "missing_at")
    _update(entry, {name: getattr(new, name) for name in columns}, now)
    merging.inherit(entry, new, now)


def _change(entry: Entry, item: Item, now: datetime) -> None:
    _update(entry, entries.columns(item, entry.page), now)
    merging.meet(entry, item.event, item.hint, now)
    if not item.event and not item.hint:
        merging.forget(entry, now)


def _update(entry: Entry, fresh: dict[str, Any], now: datetime) -> None:
    before = {name: getattr(entry, name) for name in _TOLD if getattr(entry, name) != fresh[name]}
    # Columns by name: planning may change the state of the same row at this moment.
    Entry.objects.filter(pk=entry.pk).update(**fresh, changed_at=now)
    entry.refresh_from_db()
    if before:
        _remember(entry, before, now)
    if {"title", "link"} & before.keys():
        record(entry, say(N_("The website changed it.")))


def _remember(entry: Entry, before: dict[str, Any], now: datetime) -> None:
    """Keep what it said, the last two dozen times: a page with a counter would fill the disk."""
    EntryChange.objects.create(entry=entry, at=now, before=before)
    old = entry.changes.values_list("pk", flat=True)[_MOST_CHANGES:]
    EntryChange.objects.filter(pk__in=list(old)).delete()
