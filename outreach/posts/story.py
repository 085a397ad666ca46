"""The whole story of a publication: what happened so far, how it stands, and what is next, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds.models import Entry
from outreach.posts import stating
from outreach.posts.accounts import timing
from outreach.posts.models import Account, Post, Publication

_P = Publication.State
_MOST = 200


@dataclass(frozen=True)
class Story:
    """One publication: its log, oldest first, what is next, and what it waits for but its own time (`at`).

    `repairs`: the account must be mended.
    """

    publication: Publication
    lines: list[Activity]
    next: Sentence
    waits: Sentence
    at: datetime
    repairs: bool


def of_post(post: Post, now: datetime) -> list[Story]:
    """The stories of a post, one for each account."""
    return _stories(Publication.objects.filter(post=post), now)


def of_entry(entry: Entry, now: datetime) -> list[Story]:
    """The stories of all posts that were made of an article or event."""
    return _stories(Publication.objects.filter(post__entry=entry), now)


def log_of(post: Post) -> list[Activity]:
    """What happened to the post itself, oldest first; what its accounts tell is in their stories."""
    own = Activity.objects.filter(subject=subject_of(post), echo=False).select_related("actor")
    return list(own.order_by("-at", "-pk")[:_MOST])[::-1]


def what_next(publication: Publication, now: datetime) -> Sentence:
    """What happens to it without anybody doing anything, and when; or whom it waits for."""
    if publication.held == Publication.Held.LATE and publication.state in (_P.QUEUED, _P.SKIPPED):
        return say(N_("It waits until somebody says whether it still goes out."))
    if publication.state == _P.UNKNOWN:
        return _when_unknown(publication)
    if publication.state == _P.QUEUED:
        return waits_for(publication, now) or _when_posted(publication, now)
    return say(_NEXT[publication.state]) if publication.state in _NEXT else NOTHING


_NEXT: dict[str, str] = {
    _P.SENDING: N_("It is being posted at this moment."),
    _P.REFUSED: N_("Nothing more happens by itself: it can be queued again, or left as it is."),
    _P.SKIPPED: N_("Nothing more happens by itself."),
    _P.CANCELLED: N_("Nothing more happens by itself."),
}


def _stories(rows: QuerySet[Publication], now: datetime) -> list[Story]:
    found = rows.select_related("post__entry", "account").defer("account__credentials")
    return [_story(row, now) for row in found.order_by("post_id", "account__name")]


def _story(publication: Publication, now: datetime) -> Story:
    newest = Activity.objects.filter(subject=subject_of(publication)).select_related("actor")
    lines = list(newest.order_by("-at", "-pk")[:_MOST])[::-1]
    waits = publication.state in (_P.QUEUED, _P.UNKNOWN)
    repairs = waits and publication.account.state == Account.State.PAUSED
    waits_on = waits_for(publication, now) if publication.state == _P.QUEUED else NOTHING
    at = earliest(publication)
    return Story(publication, lines, what_next(publication, now), waits_on, at, repairs)


def _when_unknown(publication: Publication) -> Sentence:
    account = publication.account.name
    if publication.look_at is None:
        return say(N_("It waits until somebody says whether it is on %(account)s."), account=account)
    words = N_("%(account)s is asked %(when)s whether it is there.")
    if publication.unwanted:
        words = N_("%(account)s is asked %(when)s whether it is there. If not, it is not posted again.")
    return say(words, account=account, when=publication.look_at)


def waits_for(publication: Publication, now: datetime, *, unsure: bool | None = None) -> Sentence:
    """What keeps a queued publication back besides its own time; nothing when it goes out by itself.

    `unsure` None asks the database whether the website contradicts it: a long list asks once for all.
    """
    account = publication.account
    if publication.held == Publication.Held.LATE:
        return say(N_("It waits until somebody says whether it still goes out."))
    if account.state == Account.State.PAUSED:
        return say(N_("It waits until %(account)s goes on; then it is posted."), account=account.name)
    if publication.held == Publication.Held.BUDGET:
        words = N_("It waits for the next month, or for a larger budget of %(account)s.")
        return say(words, account=account.name)
    if publication.page_state == Publication.Page.GONE:
        return say(N_("It waits until its page is back, or until somebody says what to do."))
    if publication.page_state == Publication.Page.WAITING and publication.page_look_at:
        return say(N_("Its page is looked at again %(when)s."), when=publication.page_look_at)
    if stating.held_back().filter(pk=publication.pk).exists() if unsure is None else unsure:
        return say(N_("It waits until it is certain what the website says of the event."))
    if publication.page_state == Publication.Page.WAITING and publication.page_reason:
        words = N_("It waits for the page that it links to: %(reason)s")
        return say(words, reason=publication.page_reason)
    return timing.why_late(publication, now)


def _when_posted(publication: Publication, now: datetime) -> Sentence:
    account = publication.account
    if (at := earliest(publication)) > now:
        return say(N_("It is posted on %(account)s %(when)s."), account=account.name, when=at)
    return say(N_("It is posted on %(account)s as soon as its turn comes."), account=account.name)


def earliest(publication: Publication) -> datetime:
    """Its own time, or when its network takes posts again."""
    return max(publication.due_at, publication.account.not_before or publication.due_at)
