"""Which entries go into the next issue of a newsletter: each once, and none that is not news."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import events, news
from outreach.feeds.models import Entry
from outreach.newsletters.models import Issue, IssueEntry, Newsletter


@dataclass(frozen=True)
class Digest:
    """What is new: articles, newest first; coming events by their start; and what is over already."""

    articles: list[Entry]
    agenda: list[Entry]
    over: list[Entry]

    def __bool__(self) -> bool:
        return bool(self.articles or self.agenda)


def gather(newsletter: Newsletter, now: datetime, *, fresh: bool = False) -> Digest:
    """What is new for `newsletter`; with `fresh` also what has not cooled yet. Changes nothing."""
    found = _candidates(newsletter)
    return sort([entry for entry in found if fresh or _has_cooled(entry, now)], now)


def sort(entries: list[Entry], now: datetime) -> Digest:
    """`entries` in the order of an issue."""
    happening = [entry for entry in entries if events.event_of(entry)]
    coming = [entry for entry in happening if not events.too_late(entry.event, now)]
    articles = [entry for entry in entries if not events.event_of(entry)]
    return Digest(
        articles=sorted(articles, key=_age, reverse=True),
        agenda=sorted(coming, key=lambda entry: (entry.event.starts_at, entry.pk or 0)),
        over=[entry for entry in happening if entry not in coming],
    )


def put(issue: Issue, digest: Digest) -> None:
    """Make `digest` the content of `issue`, and write that down with each entry."""
    for position, entry in enumerate([*digest.articles, *digest.agenda]):
        IssueEntry.objects.create(newsletter=issue.newsletter, issue=issue, entry=entry, position=position)
        words = N_("Taken into the newsletter “%(name)s”.")
        record(entry, say(words, name=issue.newsletter.name), echo=True)
    _tell_what_is_over(issue, digest.over)


def _candidates(newsletter: Newsletter) -> list[Entry]:
    """News of its sources that no issue of it has had. Never by a date mark: a late entry comes next time."""
    held = Q(source__held_at__isnull=False, first_seen_at__gte=F("source__held_at"))
    rows = news.of(Entry.objects.filter(source__newsletters=newsletter)).filter(
        first_seen_at__gte=newsletter.starts_at, withdrawn_at=None
    )
    taken = IssueEntry.objects.filter(newsletter=newsletter).values("entry")
    return list(rows.exclude(held).exclude(pk__in=taken).select_related("source", "event"))


def _has_cooled(entry: Entry, now: datetime) -> bool:
    """A correction made right after publication is what gets mailed."""
    return entry.first_seen_at + timedelta(minutes=entry.source.cooling_minutes) <= now


def _age(entry: Entry) -> tuple[datetime, int]:
    return (entry.published_at or entry.first_seen_at, entry.pk or 0)


def _tell_what_is_over(issue: Issue, over: list[Entry]) -> None:
    """Once: at the first issue that they come too late for."""
    before = Issue.objects.filter(newsletter=issue.newsletter).exclude(pk=issue.pk)
    last = before.aggregate(last=Max("created_at"))["last"]
    for entry in over:
        if last is None or not events.too_late(entry.event, last) or entry.first_seen_at > last:
            words = N_("Not in the newsletter “%(name)s”: the event had begun before it went out.")
            record(entry, say(words, name=issue.newsletter.name))
