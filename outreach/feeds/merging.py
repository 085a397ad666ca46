"""Which event an entry is, of all that its feed, its page, its calendar and staff say of it.

What was read in a more trusted place is not overwritten by what was read in a lesser one; what staff said is
overwritten by nothing. Where that leaves a date or a status unheard, staff are asked.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from outreach.core import dates
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events, provenance
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening

Trust = Event.Trust
IS_IT_AN_EVENT = N_("Perhaps it is an event, on %(date)s. It waits until you say so.")
OTHER_DATE = N_(
    "The website names another date now: %(date)s. Nobody is reminded until you say which is right."
)
# The page and the calendar are looked at on their own; a feed that is silent about them denies nothing.
_OF_THE_FEED = {Event.Origin.FEED, Event.Origin.TIME, Event.Origin.DATE, Event.Origin.TEXT}
# What is none, or an open question, may be one again with the same words.
_MAY_BE_AGAIN = (Trust.WITHDRAWN, Trust.ASKED, Trust.LAPSED)
_STATUS = {
    "scheduled": N_("The event takes place again, says the website."),
    "postponed": N_("The event is postponed, says the website."),
    "cancelled": N_("The event is cancelled, says the website."),
}


def meet(
    entry: Entry, said: Happening | None, hint: Happening | None, now: datetime, by: Source | None = None
) -> None:
    """Make the event of `entry` what the website says: `said` is sure, `hint` perhaps; `by` another source.

    To be called in a transaction. `entry.event` is up to date afterwards.
    """
    row = row_of(entry)
    if said is not None:
        _take(entry, row, said, now, by.pk if by else 0)
    elif hint is not None and not events.is_over(hint, now):
        _suspect(entry, row, hint, now)


def forget(entry: Entry, now: datetime) -> None:
    """The feed does not say any more that it is an event: then it is none, unless others say so.

    A date that is over is not looked for any more; that an event took place stays true.
    """
    row = row_of(entry)
    if row is None or events.too_late(row, now) or row.trust not in (Trust.SURE, Trust.ASKED):
        return
    said = provenance.said_by(row)
    rest = {origin: one for origin, one in said.items() if origin not in _OF_THE_FEED}
    if provenance.place_of(rest):
        apply(entry, row, rest, now)
        row.save()
    elif row.origin in _OF_THE_FEED:
        _withdraw(entry, row)


def inherit(entry: Entry, new: Entry, now: datetime) -> None:
    """What the website says of the event of `new` it says of `entry`: they are one."""
    row = Event.objects.filter(entry=new).exclude(trust__in=(Trust.DENIED, Trust.WITHDRAWN)).first()
    said = provenance.said_by(row) if row else {}
    for origin in said.keys() - {provenance.STAFF}:
        one, by = provenance.happening(said, origin), Source.objects.filter(pk=said[origin].get("by")).first()
        is_hint = origin in provenance.HINTS
        meet(entry, None if is_hint else one, one if is_hint else None, now, by)
    if not said:
        forget(entry, now)


def _withdraw(entry: Entry, row: Event) -> None:
    """The row stays, with its version: what was posted of it is known, should it come back."""
    row.trust, row.version = Trust.WITHDRAWN, row.version + 1
    row.save()
    record(entry, say(N_("The website does not say any more that it is an event.")))
    if entry.question in (Entry.Question.EVENT, Entry.Question.DATE):
        close(entry)


def ask(entry: Entry, question: str, sentence: Sentence) -> None:
    """Leave it to a person. Until then `entry` stays new and goes nowhere."""
    _ask(entry, Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW), question, sentence)


def _ask(entry: Entry, rows: QuerySet[Entry], question: str, sentence: Sentence) -> bool:
    asked = rows.update(question=question, reason=sentence)
    if asked:
        entry.question, entry.reason = question, sentence
        record(entry, sentence, Activity.Level.WARNING)
    return bool(asked)


def question_of(entry: Entry) -> Sentence:
    """What is asked about an entry that is perhaps an event; nothing about any other."""
    row: Event | None = getattr(entry, "event", None)
    if row is None or row.trust != Trust.ASKED:
        return NOTHING
    return say(IS_IT_AN_EVENT, date=_written(row))


def close(entry: Entry) -> None:
    """Its question needs no answer any more."""
    entry.question, entry.reason = "", NOTHING
    Entry.objects.filter(pk=entry.pk).update(question="", reason=NOTHING)


def is_new_of(entry: Entry, said: Happening, by: Source) -> bool:
    """Whether another source says of this event what is not known. Cheap: at most looks none does.

    A copy of a feed goes on with the old date for a while: of one origin only who said it first is heard.
    """
    row = getattr(entry, "event", None)
    known = row.said.get(said.origin) if row else None
    if row is None or known is None:
        return row is None or row.trust != Trust.DENIED
    if known.get("by") != by.pk and not _is_gone(known.get("by")):
        return False
    changed = known != provenance.values(said, by.pk)
    return row.trust in _MAY_BE_AGAIN or (row.trust != Trust.DENIED and changed)


def _is_gone(source: int | None) -> bool:
    return source is not None and not Source.objects.filter(pk=source, active=True).exists()


def row_of(entry: Entry) -> Event | None:
    """The event of `entry`, whatever is thought of it. Until the transaction ends nobody else touches it."""
    Entry.objects.select_for_update(no_key=True).filter(pk=entry.pk).first()
    row = Event.objects.select_for_update().filter(entry=entry).first()
    if row is not None:
        row.entry = entry  # and entry.event is this row
    return row


def apply(entry: Entry, row: Event, said: dict[str, Any], now: datetime) -> None:
    """The row becomes what follows from all that was `said`. Not saved here."""
    columns = provenance.decided(said)
    row.said = said
    before, status = row.starts_at, row.status
    goes_on = before <= now and (row.repeats or columns.get("repeats", False))
    if goes_on and columns["starts_at"] <= now:
        # A series that is over: what it says is its first day, and its last one is known.
        columns |= {name: getattr(row, name) for name in provenance.WHEN}
    advances = goes_on and before < columns["starts_at"]
    for name, value in columns.items():
        setattr(row, name, value)
    if advances and row.status == status:
        _go_on(entry, row)
    elif (before, status) != (row.starts_at, row.status):
        _tell_change(entry, row, before, status)


def _go_on(entry: Entry, row: Event) -> None:
    """The next day of a series is no news: nobody moved it. But what was too late for one day has another."""
    if entry.state == Entry.State.IGNORED:
        row.version += 1
        row.dated = row.version
    else:
        row.occurrence += 1


def _tell_change(entry: Entry, row: Event, before: datetime, status: str) -> None:
    """A new start or status is a new version: posts follow it."""
    row.version += 1
    if row.status != status:
        record(entry, say(_STATUS[row.status]))
    if row.starts_at != before:
        row.dated = row.version
        words = N_("The event moved from %(before)s to %(after)s.")
        record(entry, say(words, before=_instant(before, row.all_day), after=_written(row)))


def _take(entry: Entry, row: Event | None, said: Happening, now: datetime, by: int) -> None:
    """The website's own data says it."""
    if row is None:
        _make(entry, said, by=by)
    elif row.trust == Trust.DENIED:
        return
    else:
        came_back = row.trust == Trust.WITHDRAWN
        if row.trust != Trust.CONFIRMED:
            row.trust = Trust.SURE
        _hear(entry, row, said, now, by)
        if came_back:
            _tell_return(entry, row)
    if entry.question == Entry.Question.EVENT:
        close(entry)


def _suspect(entry: Entry, row: Event | None, hint: Happening, now: datetime) -> None:
    """Words or dates look like an event's."""
    if row is None or row.trust == Trust.WITHDRAWN:
        _believe_or_ask(entry, row, hint, now)
    elif hint.origin == Event.Origin.TEXT and not hint.repeats and events.too_late(row, now):
        return  # the words about an event that is over may name the day of another one
    elif row.trust in (Trust.SURE, Trust.ASKED, Trust.CONFIRMED):
        _hear(entry, row, hint, now)


def _believe_or_ask(entry: Entry, row: Event | None, hint: Happening, now: datetime) -> None:
    doubt = entry.source.doubtful_dates
    asks = doubt == Source.Doubt.ASK and entry.state == Entry.State.NEW
    if not asks and doubt != Source.Doubt.TRUST:
        return
    trust = Trust.ASKED if asks else Trust.SURE
    if row is None:
        _make(entry, hint, trust)
    else:
        row.trust = trust
        _hear(entry, row, hint, now)
        _tell_return(entry, row)
    if asks:
        _ask_whether_event(entry, hint)


def _ask_whether_event(entry: Entry, hint: Happening | Event) -> None:
    """Unless it is asked whether it is new at all: first things first (`ask_what_is_left`)."""
    rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW, question__in=["", Entry.Question.EVENT])
    _ask(entry, rows, Entry.Question.EVENT, say(IS_IT_AN_EVENT, date=_written(hint)))


def _make(entry: Entry, said: Happening, trust: str = Trust.SURE, by: int = 0) -> None:
    told = {said.origin: provenance.values(said, by)}
    Event.objects.create(entry=entry, trust=trust, said=told, **provenance.decided(told))


def _tell_return(entry: Entry, row: Event) -> None:
    """It was none for a while: what stopped then is looked at again."""
    row.version += 1
    row.save()
    record(entry, say(N_("The website says again that it is an event.")))


def _hear(entry: Entry, row: Event, said: Happening, now: datetime, by: int = 0) -> None:
    """One place says something new of what is known."""
    before = provenance.known_before(row, said)
    heard = provenance.said_by(row) | {said.origin: provenance.values(said, by)}
    if said.repeats and row.starts_at <= now:
        # Staff moved one day of the series; it is over.
        heard = provenance.sided(heard, provenance.place_of(heard))
    apply(entry, row, heard, now)
    if provenance.contradicts(before, said, row):
        _dispute(entry, row, said)
    elif row.disputed and not _is_disputed(row):
        row.disputed = ""
        if entry.question == Entry.Question.DATE:
            close(entry)
    row.save()


def ask_what_is_left(entry: Entry) -> None:
    """What another question kept from being asked: whether it is an event, or on which date."""
    row = row_of(entry)
    if row is not None and row.trust == Trust.ASKED:
        _ask_whether_event(entry, row)
    elif row is not None and _is_disputed(row):
        _dispute(entry, row, provenance.happening(row.said, row.disputed))


def _is_disputed(row: Event) -> bool:
    if row.disputed not in row.said:
        return False
    other = provenance.happening(row.said, row.disputed)
    return other.status != row.status or not provenance.is_same_time(other, row)


def _dispute(entry: Entry, row: Event, said: Happening) -> None:
    """A more trusted place, or staff, says otherwise: a person should look before anybody is reminded."""
    row.disputed = said.origin
    sentence = _STATUS[said.status] if said.status != row.status else OTHER_DATE
    words = say(sentence, date=_written(said)) if sentence == OTHER_DATE else say(sentence)
    rows = Entry.objects.filter(
        pk=entry.pk, question__in=["", Entry.Question.DATE], event__trust__in=events.BELIEVED
    )
    if not _ask(entry, rows.exclude(state=Entry.State.IGNORED), Entry.Question.DATE, words):
        record(entry, words, Activity.Level.WARNING)


def _written(said: Happening | Event) -> str:
    return _instant(said.starts_at, said.all_day)


def _instant(at: datetime, is_day: bool) -> str:
    return f"{dates.local(at):%d-%m-%Y}" if is_day else f"{dates.local(at):%d-%m-%Y %H:%M}"
