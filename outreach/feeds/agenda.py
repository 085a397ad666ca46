"""Events for people's calendar programs: the organisation's own feed of all that comes, and files of some.

RFC 5545, and RFC 7986 for the name and the pace. Times are in UTC: each program shows them on its own clock.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext

from outreach.core import dates
from outreach.core.models import Organisation
from outreach.feeds import choosing, events, presence, rules
from outreach.feeds.asking import THE_SAME
from outreach.feeds.models import Entry, Event

if TYPE_CHECKING:
    import icalendar

_BEFORE = timedelta(days=30)
_EVERY = timedelta(hours=4)
_UNWANTED = [choosing.BY_STAFF, THE_SAME, rules.NOWHERE]
# Programs keep what they have seen; a cancellation must stay long enough to be seen.
_STATUS = {"scheduled": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def calendar(now: datetime) -> bytes:
    """The feed. The same bytes as long as nothing changed, so that programs need not load it again."""
    whole = _calendar(gettext("Agenda of %(name)s") % {"name": Organisation.get().name})
    whole.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT4H")
    return _written(whole, public(now))


def of(found: Iterable[Event], name: str) -> bytes:
    """A file of the events `found`, to be put into a calendar once.

    Each has the identity (UID) that it has in the feed: who takes both has it once, and what changed
    or was called off since is changed by it.
    """
    return _written(_calendar(name), found)


def _calendar(name: str) -> "icalendar.Calendar":
    import icalendar  # some megabytes, for who has subscribers to the agenda

    whole = icalendar.Calendar()
    whole.add("prodid", "-//Outreach//Agenda//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    for known in ("name", "x-wr-calname"):
        whole.add(known, name)
    whole.add("x-wr-timezone", settings.LOCAL_TIME_ZONE)
    return whole


def _written(whole: "icalendar.Calendar", found: Iterable[Event]) -> bytes:
    for event in found:
        whole.add_component(_component(event))
    return bytes(whole.to_ical())


def tag(body: bytes) -> str:
    """The validator of the feed (ETag, RFC 9110)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def public(now: datetime) -> list[Event]:
    """The events that everybody may know of, by their start.

    Also what was on the website before it was watched: an agenda is no news. Nothing that is held back,
    that a person must look at first, or that a rule sends nowhere.
    """
    rows = Event.objects.filter(
        trust__in=events.BELIEVED,
        starts_at__gt=now - _BEFORE,
        entry__question="",
        entry__source__active=True,
        **presence.there("entry__"),
    )
    held = Q(entry__source__held_at__isnull=False, entry__first_seen_at__gte=F("entry__source__held_at"))
    unwanted = Entry.objects.filter(state=Entry.State.IGNORED, reason__text__in=_UNWANTED)
    rows = rows.exclude(held).exclude(entry__in=unwanted).order_by("starts_at", "pk")
    return [one for one in rows.prefetch_related("entry__source__rules") if _is_public(one.entry)]


def _is_public(entry: Entry) -> bool:
    """What was planned is: also when a person picked what a rule would keep back."""
    return entry.state == Entry.State.PLANNED or rules.of(entry).mails


def _component(event: Event) -> "icalendar.Event":
    import icalendar

    entry, found = event.entry, icalendar.Event()
    changed = entry.changed_at or entry.first_seen_at
    found.add("uid", f"{entry.pk}@{urlsplit(settings.BASE_URL).hostname or 'outreach'}")
    found.add("dtstamp", changed)
    found.add("last-modified", changed)
    found.add("sequence", event.version + event.occurrence)
    found.add("status", _STATUS[event.status])
    found.add("summary", entry.title or entry.link)
    _add_span(found, event)
    if place := events.where(event):
        found.add("location", place)
    if text := "\n\n".join(filter(None, (entry.summary, event.online_url))):
        found.add("description", text)
    if entry.link:
        found.add("url", entry.link)
    if entry.categories:
        found.add("categories", entry.categories)
    return found


def _add_span(found: "icalendar.Event", event: Event) -> None:
    """Whole days are dates: an instant would move to another day on a clock elsewhere."""
    start, end = event.starts_at, event.ends_at
    if event.all_day:
        found.add("dtstart", dates.local(start).date())
        found.add("dtend", dates.local(end).date() if end else dates.local(start).date() + timedelta(days=1))
    else:
        found.add("dtstart", start)
        if end:
            found.add("dtend", end)
