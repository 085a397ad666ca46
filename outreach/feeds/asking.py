"""What only a person can say of an entry, and what their answer does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds import choosing, events, merging
from outreach.feeds.models import Entry, Event
from outreach.feeds.parsing import Happening

Question, Trust = Entry.Question, Event.Trust
THE_SAME = N_("It is the same as “%(title)s”, said staff.")
_TYPED = ("starts_at", "ends_at", "all_day", "place", "status")


def it_is_an_event(entry: Entry, by: Any = None, when: Happening | None = None) -> None:
    """Yes, it takes place; `when` corrects what was read. Also corrects an event that was known already.

    Raises BadInput naming the field: an end before the start, or no date at all.
    """
    with transaction.atomic():
        row = Event.objects.select_for_update().filter(entry=entry).first()
        if row is None and when is None:
            raise BadInput(say(N_("Say when it takes place.")), "day")
        if when is not None and when.ends_at is not None and when.ends_at <= when.starts_at:
            raise BadInput(say(N_("The end is before the start.")), "end")
        row = _corrected(entry, row, when)
        row.trust = Trust.CONFIRMED
        row.save()
        _answered(entry, Question.EVENT)
        words = N_("It is an event, on %(date)s.")
        record(entry, say(words, date=f"{events.local_start(row):%d-%m-%Y %H:%M}"), actor=by)


def it_is_an_article(entry: Entry, by: Any = None) -> None:
    """No, the date is only a date in its text. Nothing that the website says later makes it an event."""
    with transaction.atomic():
        if Event.objects.filter(entry=entry).update(trust=Trust.DENIED):
            _answered(entry, Question.EVENT)
            record(entry, say(N_("It is an article, not an event.")), actor=by)


def it_is_new(entry: Entry, by: Any = None) -> None:
    """It only looks like the other one."""
    with transaction.atomic():
        _answered(entry, Question.DUPLICATE)
        record(entry, say(N_("It is a new article; it only looks like another one.")), actor=by)


def it_is_the_same(entry: Entry, by: Any = None) -> None:
    """It is posted under its other address. Raises OutreachError when it was decided already."""
    with transaction.atomic():
        title = entry.like.title if entry.like else entry.title
        if not choosing.ignore(entry, say(THE_SAME, title=title), by):
            raise OutreachError(say(N_("It is decided already: see what happened below.")))
        Entry.objects.filter(pk=entry.pk).update(question="")


def lapse_one(now: datetime) -> bool:
    """Take back one question about an event whose date went by unanswered. False when there is none."""
    rows = Entry.objects.filter(question=Question.EVENT, event__starts_at__lte=now)
    entry = rows.select_related("event").first()
    if entry is None:
        return False
    with transaction.atomic():
        _answered(entry, Question.EVENT)
        Event.objects.filter(entry=entry, trust=Trust.ASKED).update(trust=Trust.LAPSED)
        words = N_("Nobody said whether it is an event, and its date is over. It is treated as an article.")
        record(entry, say(words), Activity.Level.WARNING)
    return True


def _corrected(entry: Entry, row: Event | None, when: Happening | None) -> Event:
    """The row with what staff typed. What they left as it was keeps its origin: it still follows the site."""
    if row is None:
        assert when is not None
        return Event(entry=entry, **vars(replace(when, origin=Event.Origin.STAFF)))
    if when is None or all(getattr(row, name) == getattr(when, name) for name in _TYPED):
        return row
    if (row.starts_at, row.status) != (when.starts_at, when.status):
        row.version += 1
    for name in _TYPED:
        setattr(row, name, getattr(when, name))
    row.origin = Event.Origin.STAFF
    return row


def _answered(entry: Entry, question: str) -> None:
    if Entry.objects.filter(pk=entry.pk, question=question).exists():
        merging.close(entry)
