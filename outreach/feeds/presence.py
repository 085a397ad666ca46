"""Whether the website still shows an entry: who takes a page away often means that the event is off."""

from datetime import datetime, timedelta
from typing import Any

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds import events
from outreach.feeds.models import Entry, Event

# From a day before the first reminder of an event its page is looked at, daily.
_BEFORE, _DAILY = timedelta(days=8), timedelta(days=1)
_GONE = N_(
    "The page of this event is gone; perhaps it does not take place. "
    "What was still to be posted about it waits for a person."
)
_BACK = N_("Its own page is there again.")


def is_away(entry: Entry | None) -> bool:
    """Whether it left the feed, or its own page is gone."""
    return entry is not None and (entry.withdrawn_at is not None or entry.page_gone_at is not None)


def there(prefix: str = "") -> dict[str, Any]:
    """What a query asks for entries that are not away."""
    return {f"{prefix}withdrawn_at": None, f"{prefix}page_gone_at": None}


def watch(now: datetime) -> bool:
    """Have the page of one event that comes near looked at, though it had nothing to add. False for none."""
    near = Entry.objects.filter(
        page_due_at=None,
        source__active=True,
        source__held_at=None,
        source__read_pages=True,
        event__trust__in=events.BELIEVED,
        event__starts_at__gt=now,
        event__starts_at__lte=now + _BEFORE,
    ).exclude(link="")
    # Not "planned": SQLite would go through all that ever was, and not through the few that come near.
    near = near.exclude(state__in=(Entry.State.NEW, Entry.State.IGNORED)).order_by("event__starts_at")
    pk = near.values_list("pk", flat=True).first()
    return pk is not None and bool(Entry.objects.filter(pk=pk, page_due_at=None).update(page_due_at=now))


def ask_page(entry: Entry, now: datetime) -> bool:
    """Let its page say now whether it is still there. False when that is not read."""
    if not (entry.link and entry.source.read_pages):
        return False
    return bool(Entry.objects.filter(pk=entry.pk).update(page_due_at=now))


def next_look(event: Event, now: datetime) -> datetime:
    """When the page of an event that others tell of is looked at again."""
    return max(now + _DAILY, event.starts_at - _BEFORE)


def gone(entry: Entry, now: datetime) -> None:
    """Its page answers that there is none. Said once, and where it matters: of an event to come."""
    rows = Entry.objects.filter(pk=entry.pk, page_gone_at=None)
    event = events.event_of(entry)
    if rows.update(page_gone_at=now) and event is not None and not events.too_late(event, now):
        record(entry, say(_GONE), Activity.Level.WARNING)


def seen(entry: Entry) -> None:
    """Its page is there."""
    if Entry.objects.filter(pk=entry.pk, page_gone_at__isnull=False).update(page_gone_at=None):
        record(entry, say(_BACK))
