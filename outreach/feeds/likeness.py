"""A new entry that looks like one that was there: a person says whether it is the same."""

from datetime import datetime, timedelta

from outreach.core.sentences import N_, say
from outreach.feeds import merging
from outreach.feeds.models import Entry, Event

LOOKS_LIKE = N_(
    "An earlier article has the same title: “%(title)s”. It waits until you say whether it is new."
)
_RECENT, _LONG = timedelta(days=30), timedelta(days=400)
# A site that writes "Newsletter" above each of them does so by habit.
_HABIT, _SHORTEST = 2, 8


def notice(entry: Entry, now: datetime) -> None:
    """Ask about `entry` when its title was seen within a month, and is not one that the site often uses."""
    if entry.question or len(entry.title) < _SHORTEST:
        return
    same = Entry.objects.filter(source__site=entry.source.site, title=entry.title).exclude(pk=entry.pk)
    found = list(same.filter(first_seen_at__gte=now - _LONG).select_related("event")[: _HABIT + 1])
    recent = [one for one in found if one.first_seen_at >= now - _RECENT]
    if recent and len(found) < _HABIT and not _are_two_days(entry, recent[0]):
        Entry.objects.filter(pk=entry.pk).update(like=recent[0])
        entry.like = recent[0]
        merging.ask(entry, Entry.Question.DUPLICATE, say(LOOKS_LIKE, title=entry.title))


def _are_two_days(entry: Entry, other: Entry) -> bool:
    """The same talk on another day, or at another place, is another event."""
    mine, theirs = (Event.objects.filter(entry=one).first() for one in (entry, other))
    if mine is None or theirs is None:
        return False
    return (mine.starts_at, mine.place) != (theirs.starts_at, theirs.place)
