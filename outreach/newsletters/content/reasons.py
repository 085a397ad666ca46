"""Why an entry is in a newsletter, comes into it, or does not: computed when somebody asks, as it is now.

Only what an issue decided was written down (IssueEntry, PassedOver). The rest follows from the rows, so no
look at a feed writes a line for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events, news
from outreach.feeds.models import Entry
from outreach.newsletters.content import composing, digest, routing
from outreach.newsletters.models import Issue, IssueEntry, Newsletter, PassedOver

_NO_SOURCE = N_("Not in the newsletter “%(name)s”: it takes no articles from “%(source)s”.")
_BEFORE = N_("Not in the newsletter “%(name)s”: it was there before the newsletter began.")
_NO_NEWS = N_("Not in the newsletter “%(name)s”: it was put aside. %(why)s")
_ASKED = N_("Not in the newsletter “%(name)s” before staff answer what is asked about it.")
_HELD = N_("Not in the newsletter “%(name)s” as long as its source is held.")
_DATED = N_("In the newsletter “%(name)s” it waits for its date: %(date)s.")
_NEXT = N_("It comes into the next issue of the newsletter “%(name)s”: %(date)s.")
_SOME_TIME = N_("It comes into the next issue of the newsletter “%(name)s”, which is switched off now.")
_LEFT_OUT = N_("Left out of the newsletter “%(name)s” by staff.")
_IN = {
    Issue.State.DRAFT: N_("In a draft of the newsletter “%(name)s”."),
    Issue.State.APPROVED: N_("In the newsletter “%(name)s” of %(date)s, which is approved."),
    Issue.State.SENDING: N_("In the newsletter “%(name)s” of %(date)s, which is being sent now."),
    Issue.State.PAUSED: N_("In the newsletter “%(name)s” of %(date)s, which is paused."),
    Issue.State.SENT: N_("Mailed in the newsletter “%(name)s” of %(date)s."),
    Issue.State.CANCELLED: N_("In the newsletter “%(name)s” of %(date)s, which was cancelled on its way."),
}


@dataclass(frozen=True)
class Reason:
    """How it is with an entry and one newsletter. `issue` is the one that it is in, where it is."""

    newsletter: Newsletter
    sentence: Sentence
    issue: Issue | None = None


def of(entry: Entry, now: datetime) -> list[Reason]:
    """One for each newsletter, by name."""
    return [for_newsletter(entry, newsletter, now) for newsletter in Newsletter.objects.all()]


def for_newsletter(entry: Entry, newsletter: Newsletter, now: datetime) -> Reason:
    """What an issue decided about it, else what the next one would."""
    items = IssueEntry.objects.filter(entry=entry, newsletter=newsletter, repeated=False)
    if item := items.select_related("issue").first():
        return Reason(newsletter, _of_item(item, newsletter), item.issue)
    passed = PassedOver.objects.filter(entry=entry, newsletter=newsletter).first()
    why = passed.reason if passed else why_not(newsletter, entry, now)
    return Reason(newsletter, why or _coming(newsletter, now))


def why_not(newsletter: Newsletter, entry: Entry, now: datetime) -> Sentence:
    """Why `entry` would not come into the next issue of `newsletter`; nothing when it would.

    Of an entry that no issue had or passed over: the same that `digest.gather` decides with queries.
    """
    for holds, words in _OBSTACLES:
        if holds(newsletter, entry):
            return say(words, name=newsletter.name, source=entry.source.name, why=entry.reason)
    if objection := routing.Gate(newsletter).objection(entry):
        return objection
    at = max(now, _next(newsletter, now) or now)
    if digest.waits_for_its_date(entry, at):
        assert entry.published_at is not None
        return say(_DATED, name=newsletter.name, date=entry.published_at)
    event = events.event_of(entry)
    if event and not events.takes_place(event):
        return say(digest.IS_OFF, name=newsletter.name)
    return say(digest.HAD_BEGUN, name=newsletter.name) if events.too_late(event, at) else NOTHING


def _shows(newsletter: Newsletter, entry: Entry) -> bool:
    """Whether one of its sources has it."""
    shown = Q(pk=entry.source_id) | Q(showings__entry=entry)
    return newsletter.sources.filter(shown).exists()


def _is_new_to(newsletter: Newsletter, entry: Entry) -> bool:
    return Entry.objects.filter(routing.shown_to(newsletter), pk=entry.pk).exists()


def _is_held(_newsletter: Newsletter, entry: Entry) -> bool:
    held = entry.source.held_at
    return held is not None and entry.first_seen_at >= held


_OBSTACLES: tuple[tuple[Callable[[Newsletter, Entry], bool], str], ...] = (
    (lambda newsletter, entry: not _shows(newsletter, entry), _NO_SOURCE),
    (lambda _newsletter, entry: not news.of(Entry.objects.filter(pk=entry.pk)).exists(), _NO_NEWS),
    (lambda newsletter, entry: not _is_new_to(newsletter, entry), _BEFORE),
    (lambda _newsletter, entry: composing.is_away(entry), digest.IS_AWAY),
    (lambda _newsletter, entry: bool(entry.question), _ASKED),
    (_is_held, _HELD),
)


def _of_item(item: IssueEntry, newsletter: Newsletter) -> Sentence:
    if item.left_out:
        return say(_LEFT_OUT, name=newsletter.name)
    return say(_IN[Issue.State(item.issue.state)], name=newsletter.name, date=item.issue.slot)


def _next(newsletter: Newsletter, now: datetime) -> datetime | None:
    """When what is new now goes out: a draft that is made ahead takes it in until its slot."""
    drafts = newsletter.issues.filter(state=Issue.State.DRAFT, slot__gt=now)
    return drafts.order_by("slot").values_list("slot", flat=True).first() or newsletter.next_slot


def _coming(newsletter: Newsletter, now: datetime) -> Sentence:
    slot = _next(newsletter, now)
    if slot is None:
        return say(_SOME_TIME, name=newsletter.name)
    return say(_NEXT, name=newsletter.name, date=slot)
