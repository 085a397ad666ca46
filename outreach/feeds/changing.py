"""An entry that is shown again: what the website changed since."""

from datetime import datetime

from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, say
from outreach.feeds import entries
from outreach.feeds.models import Entry, Source
from outreach.feeds.parsing import Item


def see(source: Source, entry: Entry, item: Item, now: datetime) -> None:
    """Bring the entry up to date. Only its content: whether it is posted was decided when it was new."""
    if entry.source_id != source.pk:
        # Two feeds of a site may tell the same article differently; the one that had it first is followed.
        return
    if entry.withdrawn_at:
        Entry.objects.filter(pk=entry.pk).update(withdrawn_at=None)
        entry.withdrawn_at = None
        record(entry, say(N_("It is back on the website.")))
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


def _change(entry: Entry, item: Item, now: datetime) -> None:
    telling = (entry.title, entry.link) != (item.title, item.link) or _event_of(entry) != _event_of(item)
    # Columns by name: planning may change the state of the same row at this moment.
    Entry.objects.filter(pk=entry.pk).update(**entries.columns(item), changed_at=now)
    entry.refresh_from_db()
    entries.save_event(entry, item)
    if telling:
        record(entry, say(N_("The website changed it.")))


def _event_of(thing: Entry | Item) -> tuple[object, ...]:
    event = getattr(thing, "event", None)
    return (event.starts_at, event.ends_at, event.all_day, event.place) if event else ()
