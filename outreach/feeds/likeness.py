"""A new entry that looks like one that was there: a person says whether it is the same."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import merging
from outreach.feeds.models import Entry, Event

LOOKS_LIKE = N_(
    "An earlier article has the same title: “%(title)s”. It waits until you say whether it is new."
)
RENAMED = N_(
    "An earlier article with the same text is not shown any more: “%(title)s”. "
    "It waits until you say whether this is a new one."
)
NAMESAKE = N_(
    "It has the number or the address of an earlier article, “%(title)s”, and nothing else of it. "
    "It waits until you say whether it is new."
)
_RECENT, _LONG = timedelta(days=30), timedelta(days=400)
# A site that writes "Newsletter" above each of them does so by habit.
_HABIT = 2
_SHORTEST_TITLE, _SHORTEST_TEXT = 8, 40


def notice(entry: Entry, shown: Collection[int], now: datetime, namesake: Entry | None = None) -> None:
    """Ask about `entry` when it may be one of before, under another address.

    Its title was seen within a month, and is not one that the site often uses; or its text is that of an
    entry which is not among the `shown` ones; or it has the guid or link of its `namesake`; or a feed of
    another site had its title with the same text or date. Whether it is an event is asked after this.
    """
    if namesake and not _is_one_address(entry):
        _ask(entry, namesake, say(NAMESAKE, title=namesake.title))
    elif like := _same_title(entry, now) or _copy(entry, now):
        _ask(entry, like, say(LOOKS_LIKE, title=like.title))
    elif like := _renamed(entry, shown):
        _ask(entry, like, say(RENAMED, title=like.title))


def _ask(entry: Entry, like: Entry, sentence: Sentence) -> None:
    Entry.objects.filter(pk=entry.pk).update(like=like)
    entry.like = like
    merging.ask(entry, Entry.Question.DUPLICATE, sentence)


def _same_title(entry: Entry, now: datetime) -> Entry | None:
    if len(entry.title) < _SHORTEST_TITLE:
        return None
    same = _others(entry).filter(title=entry.title)
    if entry.published_at and (twin := same.filter(published_at=entry.published_at).first()):
        return None if _are_two_days(entry, twin) else twin
    found = list(same.filter(first_seen_at__gte=now - _LONG)[: _HABIT + 1])
    alike = [one for one in found if one.first_seen_at >= now - _RECENT or _say_the_same(entry, one)]
    return alike[0] if alike and len(found) < _HABIT and not _are_two_days(entry, alike[0]) else None


def _copy(entry: Entry, now: datetime) -> Entry | None:
    """In a copy of the feed, on the host of a service, with addresses of its own."""
    if len(entry.title) < _SHORTEST_TITLE:
        return None
    elsewhere = Entry.objects.filter(title=entry.title, first_seen_at__gte=now - _RECENT)
    for other in elsewhere.exclude(source__site=entry.source.site)[:_HABIT]:
        same_date = entry.published_at and entry.published_at == other.published_at
        if (same_date or _say_the_same(entry, other)) and not _are_two_days(entry, other):
            return other
    return None


def _is_one_address(entry: Entry) -> bool:
    """Whether the site puts all its news in one place: staff said so of the first that was put there."""
    return bool(entry.link) and _others(entry).filter(link=entry.link).count() >= _HABIT


def _renamed(entry: Entry, shown: Collection[int]) -> Entry | None:
    """Its address was made of its title, and both were changed: the old one is gone from the feed."""
    if len(entry.summary) < _SHORTEST_TEXT:
        return None
    found = list(_others(entry).filter(summary=entry.summary).order_by("-pk")[:_HABIT])
    gone = [one for one in found if one.pk not in shown]
    dated = [one for one in gone if entry.published_at and one.published_at == entry.published_at]
    return next(iter(dated or (gone if len(found) < _HABIT else [])), None)


def _others(entry: Entry) -> QuerySet[Entry]:
    return Entry.objects.filter(source__site=entry.source.site).exclude(pk=entry.pk)


def _say_the_same(entry: Entry, other: Entry) -> bool:
    return len(entry.summary) >= _SHORTEST_TEXT and entry.summary == other.summary


def _are_two_days(entry: Entry, other: Entry) -> bool:
    """The same talk on another day, or at another place, is another event."""
    mine, theirs = (Event.objects.filter(entry=one).first() for one in (entry, other))
    if mine is None or theirs is None:
        return False
    return (mine.starts_at, mine.place) != (theirs.starts_at, theirs.place)
