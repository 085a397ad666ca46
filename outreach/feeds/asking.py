"""What only a person can say of an entry, and what their answer does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.feeds import changing, choosing, events, merging, provenance, remembering
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening

Question, Trust = Entry.Question, Event.Trust
THE_SAME = N_("It is the same as “%(title)s”, said staff.")
NOT_NEW = N_("It was on the website before, said staff.")
_LAPSED = {
    str(Question.EVENT): N_(
        "Nobody said whether it is an event, and its date is over. It is treated as an article."
    ),
    str(Question.DATE): N_("Nobody said which date is right, and it is over."),
}


def open_questions() -> QuerySet[Entry]:
    """The entries about which somebody must say something: new ones, and announced ones with two dates."""
    waits = Q(state=Entry.State.NEW) | Q(state=Entry.State.PLANNED, question=Question.DATE)
    return Entry.objects.exclude(question="").filter(waits)


def it_is_an_event(entry: Entry, by: Any = None, when: Happening | None = None) -> None:
    """Yes, it takes place; `when` corrects what was read. Also corrects an event that was known already.

    Raises BadInput naming the field: an end before the start, or no date at all.
    """
    if when is not None and when.ends_at is not None and when.ends_at <= when.starts_at:
        raise BadInput(say(N_("The end is before the start.")), "end")
    with transaction.atomic():
        row = merging.row_of(entry)
        if row is None and when is None:
            raise BadInput(say(N_("Say when it takes place.")), "day")
        row = _corrected(row, when) if row else _made(entry, when)
        row.trust, row.disputed = Trust.CONFIRMED, ""
        row.save()
        _answered(entry, Question.EVENT, Question.DATE)
        words = N_("It is an event, on %(date)s.")
        record(entry, say(words, date=f"{events.local_start(row):%d-%m-%Y %H:%M}"), actor=by)


def it_is_an_article(entry: Entry, by: Any = None) -> None:
    """No, the date is only a date in its text. Nothing that the website says later makes it an event.

    Raises OutreachError when nothing was ever said of an event.
    """
    with transaction.atomic():
        merging.row_of(entry)
        if not Event.objects.filter(entry=entry).update(trust=Trust.DENIED, disputed=""):
            raise OutreachError(say(N_("It is an article already: nothing was changed.")))
        _answered(entry, Question.EVENT, Question.DATE)
        record(entry, say(N_("It is an article, not an event.")), actor=by)


def it_stays(entry: Entry, by: Any = None) -> None:
    """The website contradicts what is known of the event, and is wrong."""
    with transaction.atomic():
        merging.row_of(entry)
        Event.objects.filter(entry=entry).update(disputed="")
        _answered(entry, Question.DATE)
        record(entry, say(N_("The event stays as it was known.")), actor=by)


def the_website_is_right(entry: Entry, by: Any = None) -> None:
    """The website contradicts what is known of the event, and is right.

    Raises OutreachError when it does not contradict it any more.
    """
    with transaction.atomic():
        row = merging.row_of(entry)
        if row is None or row.disputed not in provenance.said_by(row):
            raise OutreachError(say(N_("The website agrees by now: nothing was changed.")))
        record(entry, say(N_("The website is right about the event.")), actor=by)
        merging.apply(entry, row, provenance.sided(provenance.said_by(row), row.disputed), clock.now())
        row.disputed = ""
        row.save()
        _answered(entry, Question.DATE)


def it_is_new(entry: Entry, by: Any = None) -> None:
    """It only looks like the other one."""
    with transaction.atomic():
        _answered(entry, Question.DUPLICATE)
        record(entry, say(N_("It is a new article; it only looks like another one.")), actor=by)


def it_is_the_same(entry: Entry, by: Any = None) -> None:
    """It is no news: it is known by another address, or older than the watch.

    From now on the one of before is what the website shows in its stead.

    Raises OutreachError when it was decided already.
    """
    with transaction.atomic():
        # No look goes on with what it knew before this.
        Source.objects.select_for_update(no_key=True).filter(pk=entry.source_id).first()
        reason = say(THE_SAME, title=entry.like.title) if entry.like else say(NOT_NEW)
        if not choosing.ignore(entry, reason, by):
            raise OutreachError(say(N_("It is decided already: see what happened below.")))
        Entry.objects.filter(pk=entry.pk).update(question="")
        if entry.like and entry.like.source_id == entry.source_id and not remembering.shows(entry.like):
            changing.replace(entry.like, entry, clock.now())


def lapse_one(now: datetime) -> bool:
    """Take back one question about an event whose date went by unanswered. False when there is none."""
    # The exclusion is that of the index: few entries are asked about, most events are over.
    rows = Entry.objects.exclude(question="").filter(question__in=_LAPSED, event__starts_at__lte=now)
    entry = rows.first()
    if entry is None:
        return False
    with transaction.atomic():
        row = merging.row_of(entry)
        # Somebody may have answered just now, or the website moved it.
        entry.refresh_from_db(fields=["question"])
        if row and row.starts_at <= now and (words := _LAPSED.get(entry.question)):
            merging.close(entry)
            Event.objects.filter(pk=row.pk, trust=Trust.ASKED).update(trust=Trust.LAPSED)
            record(entry, say(words), Activity.Level.WARNING)
    return True


def _made(entry: Entry, when: Happening | None) -> Event:
    """An event that only staff know of."""
    assert when is not None
    when = replace(when, origin=provenance.STAFF)
    return Event(entry=entry, said=provenance.corrected({}, when), **vars(when))


def _corrected(row: Event, when: Happening | None) -> Event:
    """The row with what staff typed; without `when` they agree with the date that was read."""
    before = (row.starts_at, row.status)
    said = provenance.said_by(row)
    row.said = provenance.corrected(said, when) if when else provenance.confirmed(said)
    for name, value in provenance.decided(row.said).items():
        setattr(row, name, value)
    if (row.starts_at, row.status) != before:
        row.version += 1
        row.dated = row.version if row.starts_at != before[0] else row.dated
    return row


def _answered(entry: Entry, *questions: str) -> None:
    if Entry.objects.filter(pk=entry.pk, question__in=questions).exists():
        merging.close(entry)
        merging.ask_what_is_left(entry)
