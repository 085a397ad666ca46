"""Entries that left the website before they were posted, or before the day that they tell of."""

from datetime import datetime

from django.db.models import Q, QuerySet

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds import choosing, events, presence
from outreach.feeds.models import Entry, Event, Source

LEFT = N_("It left the website before it was posted.")
_EVENT_LEFT = N_(
    "The website does not show this event any more; perhaps it does not take place. "
    "What was still to be posted about it waits for a person."
)
_BACK = N_("It is back on the website.")
_OLDER_SHOWN = 3


def withdraw(source: Source, shown: list[Entry], now: datetime, *, by_start: bool = False) -> None:
    """Mark what waits to be posted, or is an event to come, and is no longer `shown` in a whole feed.

    An entry also vanishes by falling off the end of a short feed; then (nearly) everything shown is younger
    than it. Gone is only what should stand before several that are still there. In a calendar (`by_start`)
    the next event stands first: there it should stand before several that begin later. A feed may also be
    ordered by last change, so an announced event is gone only when its page says so too.
    """
    absent = _watched(source, now).exclude(pk__in={entry.pk for entry in shown})
    if by_start:
        absent = absent.filter(event__starts_at__gt=now)  # what is over leaves a calendar by itself
    if not absent:
        return
    places = _starts([*shown, *absent]) if by_start else None
    enough = max(1, min(_OLDER_SHOWN, len(shown) // 2))
    for entry in absent:
        if sum(_stands_behind(other, entry, places) for other in shown) >= enough:
            _miss(entry, now, its_page_decides=not by_start)


def _watched(source: Source, now: datetime) -> QuerySet[Entry]:
    """A page that is taken away is how many cancel an event, also one that was announced."""
    to_come = Q(state=Entry.State.PLANNED, event__trust__in=events.BELIEVED, event__starts_at__gt=now)
    rows = source.entries.filter(Q(state=Entry.State.NEW) | to_come, withdrawn_at=None, missing_at=None)
    return rows.select_related("source")


def _miss(entry: Entry, now: datetime, *, its_page_decides: bool) -> None:
    """Once, until its feed shows it again: another feed of the site may show it all the while."""
    mine = Entry.objects.filter(pk=entry.pk, state=entry.state, withdrawn_at=None, missing_at=None)
    if not mine.update(missing_at=now):
        return
    if its_page_decides and entry.state == Entry.State.PLANNED and presence.ask_page(entry, now):
        return
    Entry.objects.filter(pk=entry.pk).update(withdrawn_at=now)
    if entry.state == Entry.State.NEW:
        record(entry, say(LEFT))
    else:
        record(entry, say(_EVENT_LEFT), Activity.Level.WARNING)


def take_back(entry: Entry) -> None:
    """It is shown again: what was decided for its absence alone is decided anew.

    Of two machines in front of a website one may go on for hours with the feed of before.
    """
    Entry.objects.filter(pk=entry.pk).update(withdrawn_at=None)
    if not choosing.revive(entry, LEFT, say(_BACK)):
        record(entry, say(_BACK))
    entry.refresh_from_db(fields=["withdrawn_at", "state", "reason"])


def _starts(entries: list[Entry]) -> dict[int, datetime]:
    rows = Event.objects.filter(entry__in=entries)
    return dict(rows.values_list("entry_id", "starts_at"))


def _stands_behind(other: Entry, entry: Entry, starts: dict[int, datetime] | None) -> bool:
    if starts is not None:
        return entry.pk in starts and other.pk in starts and starts[other.pk] > starts[entry.pk]
    if other.published_at and entry.published_at:
        return other.published_at < entry.published_at
    return other.first_seen_at < entry.first_seen_at
