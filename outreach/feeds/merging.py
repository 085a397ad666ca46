"""Which event an entry is, of all that its feed, its page, its calendar and staff say of it.

What was read in a more trusted place is not overwritten by what was read in a lesser one; what staff said is
overwritten by nothing.
"""

from datetime import datetime
from typing import Any

from outreach.core import dates
from outreach.core.models import Activity, record, subject_of
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening

Trust = Event.Trust
IS_IT_AN_EVENT = N_("Perhaps it is an event, on %(date)s. It waits until you say so.")
_RANKS = {origin: rank for rank, origin in enumerate(Event.Origin.values)}
# The page and the calendar are looked at on their own; a feed that is silent about them denies nothing.
_OF_THE_FEED = {Event.Origin.FEED, Event.Origin.TIME, Event.Origin.DATE, Event.Origin.TEXT}
_STATUS = {
    "scheduled": N_("The event takes place again, says the website."),
    "postponed": N_("The event is postponed, says the website."),
    "cancelled": N_("The event is cancelled, says the website."),
}


def meet(entry: Entry, said: Happening | None, hint: Happening | None, now: datetime) -> None:
    """Make the event of `entry` what the website says: `said` is sure, `hint` perhaps.

    To be called in a transaction that holds the entry. `entry.event` is up to date afterwards.
    """
    row = _row_of(entry)
    if said is not None:
        _take(entry, row, said)
    elif hint is not None and not events.is_over(hint, now):
        _suspect(entry, row, hint)


def forget(entry: Entry, now: datetime) -> None:
    """The feed does not say any more that it is an event: then it is none, unless others say so.

    A date that is over is not looked for any more; that an event took place stays true.
    """
    row = _row_of(entry)
    if row is None or events.too_late(row, now):
        return
    if row.origin in _OF_THE_FEED and row.trust in (Trust.SURE, Trust.ASKED):
        row.delete()
        entry._state.fields_cache.pop("event", None)
        if entry.question == Entry.Question.EVENT:
            close(entry)


def ask(entry: Entry, question: str, sentence: Sentence) -> None:
    """Leave it to a person. Until then `entry` stays new and goes nowhere."""
    rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW)
    if rows.update(question=question, reason=sentence):
        entry.question, entry.reason = question, sentence
        record(entry, sentence, Activity.Level.WARNING)


def close(entry: Entry) -> None:
    """Its question needs no answer any more."""
    entry.question, entry.reason = "", NOTHING
    Entry.objects.filter(pk=entry.pk).update(question="", reason=NOTHING)


def differs(entry: Entry, said: Happening) -> bool:
    """Whether `meet` may change anything: cheap, for the many looks at which nothing did."""
    row = getattr(entry, "event", None)
    return row is None or any(getattr(row, name) != value for name, value in _columns(said).items())


def _row_of(entry: Entry) -> Event | None:
    row = Event.objects.select_for_update().filter(entry=entry).first()
    if row is not None:
        row.entry = entry  # and entry.event is this row
    return row


def _columns(said: Happening) -> dict[str, Any]:
    return vars(said) | {"place": said.place[:300], "online_url": said.online_url[:2000]}


def _take(entry: Entry, row: Event | None, said: Happening) -> None:
    """The website's own data says it."""
    if row is None:
        Event.objects.create(entry=entry, **_columns(said))
    elif row.trust == Trust.DENIED or not differs(entry, said):
        return
    elif _RANKS[said.origin] > _RANKS[row.origin]:
        _warn_of_status(entry, row, said)
        return
    else:
        _change(entry, row, said)
        row.trust = Trust.CONFIRMED if row.trust == Trust.CONFIRMED else Trust.SURE
        row.save()
    if entry.question == Entry.Question.EVENT:
        close(entry)


def _suspect(entry: Entry, row: Event | None, hint: Happening) -> None:
    """Words or dates look like an event's."""
    if row is None:
        _believe_or_ask(entry, hint)
    elif not differs(entry, hint):
        return
    elif _RANKS[hint.origin] > _RANKS[row.origin]:
        _warn_of_status(entry, row, hint)
    elif row.trust in (Trust.SURE, Trust.ASKED):
        _change(entry, row, hint)
        row.save()
    elif row.trust == Trust.CONFIRMED:
        _follow(entry, row, hint)


def _follow(entry: Entry, row: Event, hint: Happening) -> None:
    """Staff confirmed the date: another one is theirs to judge. A word that calls it off is clear enough."""
    if hint.starts_at != row.starts_at:
        words = N_("The website names another date now: %(date)s. If the event moved, correct its date here.")
        record(entry, say(words, date=_written(hint)), Activity.Level.WARNING)
    elif hint.status != row.status:
        row.status, row.version = hint.status, row.version + 1
        record(entry, say(_STATUS[row.status]))
        row.save()


def _warn_of_status(entry: Entry, row: Event, said: Happening) -> None:
    """A more trusted place, or staff, says that it takes place: somebody should look. Said once."""
    if row.trust not in events.BELIEVED or row.status != "scheduled" or said.status == "scheduled":
        return
    sentence = say(_STATUS[said.status])
    before = Activity.objects.filter(subject=subject_of(entry), level=Activity.Level.WARNING)
    if sentence not in [line.sentence for line in before]:
        record(entry, sentence, Activity.Level.WARNING)


def _believe_or_ask(entry: Entry, hint: Happening) -> None:
    doubt = entry.source.doubtful_dates
    if doubt == Source.Doubt.TRUST:
        Event.objects.create(entry=entry, **_columns(hint))
    elif doubt == Source.Doubt.ASK and entry.state == Entry.State.NEW:
        Event.objects.create(entry=entry, trust=Trust.ASKED, **_columns(hint))
        ask(entry, Entry.Question.EVENT, say(IS_IT_AN_EVENT, date=_written(hint)))


def _change(entry: Entry, row: Event, said: Happening) -> None:
    """The row says what the website says now. A new start or status is a new version: posts follow it."""
    before, status = row.starts_at, row.status
    for name, value in _columns(said).items():
        setattr(row, name, value)
    if (before, status) == (row.starts_at, row.status):
        return
    row.version += 1
    if row.status != status:
        record(entry, say(_STATUS[row.status]))
    if row.starts_at != before:
        words = N_("The event moved from %(before)s to %(after)s.")
        record(entry, say(words, before=_instant(before), after=_instant(row.starts_at)))


def _written(said: Happening) -> str:
    return f"{dates.local(said.starts_at):%d-%m-%Y}" if said.all_day else _instant(said.starts_at)


def _instant(at: datetime) -> str:
    return f"{dates.local(at):%d-%m-%Y %H:%M}"
