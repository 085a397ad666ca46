"""Which entries go into the next issue of a newsletter: each once, and none that is not news."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import events, news, presence
from outreach.feeds.models import Entry
from outreach.newsletters.content import composing, routing
from outreach.newsletters.models import Issue, IssueEntry, Newsletter

HAD_BEGUN = N_("Not in the newsletter “%(name)s”: the event had begun before it went out.")
_MOST_AGAIN = 12  # a mail is no calendar


@dataclass(frozen=True)
class Digest:
    """What is new: articles, newest first; coming events by their start; and what is over already.

    `again` are coming events that an earlier issue had. They alone are no reason for an issue.
    """

    articles: list[Entry]
    agenda: list[Entry]
    over: list[Entry]
    again: list[Entry] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.articles or self.agenda)


def gather(newsletter: Newsletter, now: datetime, *, fresh: bool = False) -> Digest:
    """What is new for `newsletter`; with `fresh` also what has not cooled yet. Changes nothing."""
    found = [entry for entry in _candidates(newsletter) if fresh or _has_cooled(entry, now)]
    found = routing.wanted(newsletter, found)
    return replace(sort(found, now), again=_again(newsletter, now))


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
    """Make `digest` the content of `issue`, and write that down with each entry."""
    news = [*digest.articles, *digest.agenda]
    for position, entry in enumerate([*news, *digest.again]):
        IssueEntry.objects.create(
            newsletter=issue.newsletter,
            issue=issue,
            entry=entry,
            position=position,
            repeated=position >= len(news),
        )
    for entry in news:
        words = N_("Taken into the newsletter “%(name)s”.")
        record(entry, say(words, name=issue.newsletter.name), echo=True)
    _tell_what_is_over(issue, digest.over)


def _candidates(newsletter: Newsletter) -> list[Entry]:
    """News of its sources that no issue of it has had. Never by a date mark: a late entry comes next time."""
    held = Q(source__held_at__isnull=False, first_seen_at__gte=F("source__held_at"))
    rows = news.of(Entry.objects.filter(source__newsletters=newsletter)).filter(
        first_seen_at__gte=newsletter.starts_at, withdrawn_at=None, question=""
    )
    # The page of an article is read once: only that of an event is looked at again.
    gone = Q(page_gone_at__isnull=False, event__trust__in=events.BELIEVED)
    taken = IssueEntry.objects.filter(newsletter=newsletter, repeated=False).values("entry")
    return list(rows.exclude(held).exclude(gone).exclude(pk__in=taken).select_related("source", "event"))


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


def _has_cooled(entry: Entry, now: datetime) -> bool:
    """A correction made right after publication is what gets mailed."""
    return entry.first_seen_at + timedelta(minutes=entry.source.cooling_minutes) <= now


def _tell_what_is_over(issue: Issue, over: list[Entry]) -> None:
    """Once: at the first issue that they come too late for."""
    before = Issue.objects.filter(newsletter=issue.newsletter).exclude(pk=issue.pk)
    last = before.aggregate(last=Max("created_at"))["last"]
    for entry in over:
        if last is None or not events.too_late(entry.event, last) or entry.first_seen_at > last:
            record(entry, say(HAD_BEGUN, name=issue.newsletter.name))
