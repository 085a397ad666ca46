"""Which entries go into the next issue of a newsletter: each once, and none that is not news."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import F, Q

from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import events, news, presence
from outreach.feeds.models import Entry, Source
from outreach.newsletters.content import composing, placing, routing
from outreach.newsletters.models import Issue, IssueEntry, Newsletter, PassedOver

HAD_BEGUN = N_("Not in the newsletter “%(name)s”: the event had begun before it went out.")
IS_OFF = N_("Not in the newsletter “%(name)s”: the event is cancelled or postponed.")
IS_AWAY = N_("Not in the newsletter “%(name)s” as long as it is not on the website.")
_BEFORE_ITS_SOURCE = N_(
    "Not in the newsletter “%(name)s”: it was there before the newsletter took articles from “%(source)s”."
)
_MOST_AGAIN = 12  # a mail is no calendar
# A date ahead says when the website means it to be news. A website that gives its own time as UTC looks up
# to two hours ahead in Europe; and a date that is wrong holds an entry up for a month, not for ever.
_OTHER_CLOCK, _LONGEST_WAIT = timedelta(hours=3), timedelta(days=30)


@dataclass(frozen=True)
class Digest:
    """What is new: articles, newest first; coming events by their start; and what is over already.

    `again` are coming events that an earlier issue had. They alone are no reason for an issue. What the
    newsletter does not take is `passed` over, each with the reason.
    """

    articles: list[Entry]
    agenda: list[Entry]
    over: list[Entry]
    again: list[Entry] = field(default_factory=list)
    passed: list[tuple[Entry, Sentence]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.articles or self.agenda)


def gather(
    newsletter: Newsletter, now: datetime, *, fresh: bool = False, slot: datetime | None = None
) -> Digest:
    """What is new for `newsletter`; with `fresh` also what has not cooled yet. Changes nothing.

    Of a draft that is made ahead, `slot` is when it goes out: nobody is invited then to what is over by then.
    """
    gate = routing.Gate(newsletter)
    taken, passed = [], []
    for entry in _candidates(newsletter):
        is_ready, objection = has_cooled(entry, now), gate.objection(entry)
        if waits_for_its_date(entry, now) or not (is_ready or fresh):
            continue
        if not objection:
            taken.append(entry)
        elif is_ready:
            passed.append((entry, objection))
    at = max(slot or now, now)
    return replace(sort(taken, at), again=_again(newsletter, at), passed=passed)


def sort(entries: list[Entry], now: datetime) -> Digest:
    """`entries` in the order of an issue."""
    happening = [entry for entry in entries if events.event_of(entry)]
    coming = [entry for entry in happening if _is_coming(entry, now)]
    articles = [entry for entry in entries if not events.event_of(entry)]
    return Digest(
        articles=sorted(articles, key=composing.age, reverse=True),
        agenda=sorted(coming, key=lambda entry: (entry.event.starts_at, entry.pk or 0)),
        over=[entry for entry in happening if events.too_late(entry.event, now)],
    )


def put(issue: Issue, digest: Digest) -> None:
    """Make `digest` the content of `issue`, behind what it holds, and write that down with each entry."""
    held = set(issue.items.values_list("entry", flat=True))
    news, again = (
        [entry for entry in entries if entry.pk not in held]
        for entries in ([*digest.articles, *digest.agenda], digest.again)
    )
    for number, entry in enumerate([*news, *again]):
        IssueEntry.objects.create(
            newsletter=issue.newsletter,
            issue=issue,
            entry=entry,
            position=number,
            repeated=number >= len(news),
        )
    if held:
        placing.settle(issue, [entry.pk for entry in [*news, *again]])
    for entry in news:
        words = N_("Taken into the newsletter “%(name)s”.")
        record(entry, say(words, name=issue.newsletter.name), echo=True)
    if not held:  # what came too late for a draft that was made ahead is told with the next issue
        _tell_what_is_over(issue, digest.over)


def pass_over(newsletter: Newsletter, digest: Digest, now: datetime) -> None:
    """What `newsletter` does not take at this issue it will not take at a later one, unless by hand."""
    rows = [
        PassedOver(newsletter=newsletter, entry=entry, reason=why, at=now) for entry, why in digest.passed
    ]
    PassedOver.objects.bulk_create(rows, ignore_conflicts=True)


def start_with_what_comes(newsletter: Newsletter, added: Iterable[Source], now: datetime) -> None:
    """Of sources that it takes from now on, what was there before goes into no issue by itself."""
    for source in added:
        own, others = Q(source=source), Q(showings__source=source, showings__at__isnull=False)
        old = Entry.objects.filter(own | others, first_seen_at__gte=newsletter.starts_at).distinct()
        why = say(_BEFORE_ITS_SOURCE, name=newsletter.name, source=source.name)
        rows = (PassedOver(newsletter=newsletter, entry=entry, reason=why, at=now) for entry in news.of(old))
        PassedOver.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def has_cooled(entry: Entry, now: datetime) -> bool:
    """Whether a correction made right after publication would have been seen: that is what gets mailed."""
    return entry.first_seen_at + timedelta(minutes=entry.source.cooling_minutes) <= now


def waits_for_its_date(entry: Entry, now: datetime) -> bool:
    """Whether the website dates it ahead; of an event that is when it takes place, and it does not wait."""
    if entry.published_at is None or events.event_of(entry):
        return False
    return entry.published_at > now + _OTHER_CLOCK and now < entry.first_seen_at + _LONGEST_WAIT


def _candidates(newsletter: Newsletter) -> list[Entry]:
    """News of its sources that no issue of it has had. Never by a date mark: a late entry comes next time."""
    held = Q(source__held_at__isnull=False, first_seen_at__gte=F("source__held_at"))
    rows = news.of(Entry.objects.filter(routing.shown_to(newsletter))).filter(withdrawn_at=None, question="")
    # The page of an article is read once: only that of an event is looked at again.
    gone = Q(page_gone_at__isnull=False, event__trust__in=events.BELIEVED)
    taken = IssueEntry.objects.filter(newsletter=newsletter, repeated=False).values("entry")
    passed = PassedOver.objects.filter(newsletter=newsletter).values("entry")
    rows = rows.exclude(held).exclude(gone).exclude(pk__in=taken).exclude(pk__in=passed)
    return list(rows.select_related("source", "event"))


def _again(newsletter: Newsletter, now: datetime) -> list[Entry]:
    """What an earlier issue announced and is still to come, soonest first; also what was called off since."""
    if not newsletter.show_coming:
        return []
    told = IssueEntry.objects.filter(newsletter=newsletter, repeated=False, left_out=False)
    told = told.exclude(issue__state=Issue.State.DRAFT)
    rows = Entry.objects.filter(
        pk__in=told.values("entry"), event__trust__in=events.BELIEVED, **presence.there()
    )
    rows = rows.exclude(
        question=Entry.Question.DATE
    )  # the website contradicts itself: staff say which is right
    # A whole day is to come until it is over: that is decided below.
    rows = rows.filter(Q(event__starts_at__gt=now - timedelta(days=1)) | Q(event__ends_at__gt=now))
    found = rows.select_related("source", "event").order_by("event__starts_at", "pk")
    return [entry for entry in found if not events.too_late(entry.event, now)][:_MOST_AGAIN]


def _is_coming(entry: Entry, now: datetime) -> bool:
    return events.takes_place(entry.event) and not events.too_late(entry.event, now)


def _tell_what_is_over(issue: Issue, over: list[Entry]) -> None:
    """Once: at the first issue that they come too late for."""
    before = Issue.objects.filter(newsletter=issue.newsletter, letter=False).exclude(pk=issue.pk)
    last = before.order_by("created_at").last()
    for entry in over:
        if last is None or entry.first_seen_at > last.created_at or not _was_late_for(entry, last):
            record(entry, say(HAD_BEGUN, name=issue.newsletter.name))


def _was_late_for(entry: Entry, issue: Issue) -> bool:
    """Whether it had begun when `issue`, perhaps a draft made ahead, was to go out."""
    return events.too_late(entry.event, max(issue.slot, issue.created_at))
