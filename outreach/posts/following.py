"""An event moved or was called off: what has not gone out follows, what has is put right by a new post.

What the posts say is compared with what the event is, so that no way is left on which an event changes and a
queued post does not.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import choosing, events, presence, rules
from outreach.feeds.models import Entry, Event
from outreach.posts import approving, history, holding, offering, planning, preflight, stating
from outreach.posts.models import Post, Publication
from outreach.posts.reasons import FINE

log = structlog.get_logger(__name__)

_MANY = 20
_MOVED = N_("The event has another date now. What waited to be posted says it; look at it again.")
_OWN_WORDS = N_("The event has another date now. Your own words may still say the old one: look at them.")
_NOW_AN_EVENT = N_("It is an event now. What waited to be posted says when it takes place; look at it again.")
_NOT_SURE = N_("It is not certain any more that this is an event. What waited to be posted says no date now.")
_OLD_DATE = N_("Taken back: it says the old date of the event.")
_NO_DATE = N_("Taken back: it does not say when the event takes place.")
NO_EVENT = N_("Cancelled: it is no event any more.")
_CALLED_OFF = N_("Cancelled: the event does not take place.")
_POSTPONED = N_("Cancelled: the event is postponed.")
_NOT_CERTAIN = N_("Taken back: it says the date of what may be no event any more.")
_AN_ARTICLE = N_("Taken back: it says the date of what is an article, said staff.")
_SAYS_NO_DATE = N_("It is an article, said staff. What waited to be posted says no date now.")
_AWAY = N_("Taken back: the website does not show the event any more.")
_NOT_SHOWN = N_(
    "The website does not show this event any more; perhaps it does not take place. "
    "Approve this only if it does, else cancel it."
)
_SHOWN = N_("The website shows the event again.")
_NEWER = N_("Cancelled: the event changed again.")
_OLD_REMINDER = N_("Cancelled: it reminds of the old date. The new date gets a reminder of its own.")
_NOTHING_OUT = N_("Cancelled: the event was not announced after all.")
_TO_COME = N_("The event has a date to come now: it is looked at again.")
# What the machine itself cancelled comes back when the event takes place after all.
_OURS = (_CALLED_OFF, _POSTPONED, planning.HAD_BEGUN)
_BY_US = (
    *_OURS,
    *(_OLD_DATE, _NO_DATE, NO_EVENT, _NOT_CERTAIN, _AN_ARTICLE, _AWAY),
    *(_NEWER, _OLD_REMINDER, _NOTHING_OUT),
)
_RIGHT_AGAIN = N_("Queued again for %(account)s: what it says of the event is right again.")
_OF_ONE_DATE = (Post.Kind.REMINDER, Post.Kind.MOVED, Post.Kind.OFF)
_Found = QuerySet[Any, int | None]


def follow_one(now: datetime) -> bool:
    """Let the posts of one entry follow its event. False when all of them do."""
    for behind in (_changed(), _outdated(), _of_another_date(), _shown_again(), _laid_aside_entries(now)):
        if any(_tried(entry_id, now) for entry_id in behind[:_MANY] if entry_id):
            return True
    return False


def _tried(entry_id: int, now: datetime) -> bool:
    """One that fails keeps no other waiting. What it names stays unsent meanwhile."""
    try:
        follow(entry_id, now)
    except Exception:
        log.exception("not_followed", entry=entry_id)
        return False
    return True


def follow(entry_id: int, now: datetime) -> None:
    """Bring all that is not out yet of this entry up to date with its event. Doing it twice is harmless."""
    with transaction.atomic():
        # The entry first, as a look at the feed does; then the event, then its posts.
        Entry.objects.select_for_update(no_key=True).get(pk=entry_id)
        stating.hold(entry_id)
        entry = Entry.objects.select_related("source", "event").get(pk=entry_id)
        event = events.event_of(entry)
        changed = event is not None and event.version != event.followed
        for post in entry.posts.exclude(state=Post.State.CANCELLED):
            post.entry = entry
            _follow(post, event, now, changed=changed)
        if event is not None and changed:
            Event.objects.filter(pk=event.pk).update(followed=event.version)
            _after_a_change(event, now)
        for publication in _right_again(now).filter(post__entry=entry_id):
            _queue_again(publication)


def wait_until_shown(post: Post) -> None:
    """The website does not show the event: perhaps it is off. A person decides, or it is shown again."""
    Post.objects.filter(pk=post.pk).update(reason=say(_NOT_SHOWN))
    history.tell_post(post, say(_NOT_SHOWN), history.WARNING)


def _changed() -> _Found:
    rows = Event.objects.filter(trust__in=events.BELIEVED).exclude(version=F("followed"))
    return rows.order_by("followed").values_list("entry_id", flat=True)


def _outdated() -> _Found:
    return stating.outdated().order_by("due_at").values_list("post__entry_id", flat=True)


def _of_another_date() -> _Found:
    same = Event.objects.filter(
        entry=OuterRef("entry"), trust__in=events.BELIEVED, version=OuterRef("event_version")
    )
    rows = Post.objects.filter(~Exists(same), kind__in=_OF_ONE_DATE, state=Post.State.WAITING)
    return rows.order_by("created_at").values_list("entry_id", flat=True)


def _shown_again() -> _Found:
    rows = Post.objects.filter(state=Post.State.WAITING, reason__text=_NOT_SHOWN, **presence.there("entry__"))
    return rows.order_by("created_at").values_list("entry_id", flat=True)


def _right_again(now: datetime) -> QuerySet[Publication]:
    """What we took back of a post that is half out, and is as true as when it was approved.

    Its other half said so, and no post tells of a change: else nothing would be said on these accounts.
    """
    event = Event.objects.filter(
        entry=OuterRef("post__entry"),
        trust__in=events.BELIEVED,
        status=Event.Status.SCHEDULED,
        followed=F("version"),
        starts_at=OuterRef("event_start"),
    )
    said = Publication.objects.filter(
        post__entry=OuterRef("post__entry"), account=OuterRef("account"), state__in=stating.OUT
    )
    announces = Q(~Exists(said), post__kind=Post.Kind.ENTRY)
    rows = Publication.objects.filter(
        Exists(event) & announces | Exists(event.filter(version=OuterRef("post__event_version"))),
        state=Publication.State.CANCELLED,
        reason__text__in=_BY_US,
        event_start__gt=now,
        post__state=Post.State.APPROVED,
        post__accounts=F("account"),
        **presence.there("post__entry__"),
    )
    return rows.exclude(post__kind=Post.Kind.OFF).select_related("account", "post__entry__event")


def _laid_aside_entries(now: datetime) -> _Found:
    return _right_again(now).order_by("event_start").values_list("post__entry_id", flat=True)


def _queue_again(publication: Publication) -> None:
    assert publication.post.entry is not None
    rows = Publication.objects.filter(pk=publication.pk, state=Publication.State.CANCELLED)
    version = publication.post.entry.event.version
    fresh = {"event_version": version, **FINE, **holding.FREE, **preflight.anew(publication)}
    if rows.update(state=Publication.State.QUEUED, **fresh):
        history.tell(publication, say(_RIGHT_AGAIN, account=publication.account.name))


def _follow(post: Post, event: Event | None, now: datetime, *, changed: bool) -> None:
    if post.state not in Post.OPEN and not _is_queued(post):
        return
    if why := _why_cancelled(post, event, now):
        _leave_out(post)
        approving.cancel(post, why=why)
    elif stating.outdated().filter(post=post).exists():
        _take_back(post, event)
    elif post.reason.text == _NOT_SHOWN and not presence.is_away(post.entry):
        _take_up(post, say(_SHOWN))
    elif changed and post.state in Post.OPEN:
        history.tell_post(post, say(_OWN_WORDS if post.has_own_words else _MOVED), history.WARNING)


def _why_cancelled(post: Post, event: Event | None, now: datetime) -> Sentence:
    """Nobody is invited to what does not take place. What is out stays out; the offered post tells of it."""
    if post.kind not in _OF_ONE_DATE:
        return _why_not_announced(event, now)
    if event is None:
        return say(NO_EVENT)
    if post.kind == Post.Kind.REMINDER:
        off = _why_not_announced(event, now)
        return off or (say(_OLD_REMINDER) if _is_of_before(post, event) else NOTHING)
    if _is_of_before(post, event):
        return say(_NEWER)
    return NOTHING if offering.was_announced(event.entry) else say(_NOTHING_OUT)


def _why_not_announced(event: Event | None, now: datetime) -> Sentence:
    if event is not None and not events.takes_place(event):
        return say(_POSTPONED if event.status == Event.Status.POSTPONED else _CALLED_OFF)
    return say(planning.HAD_BEGUN) if events.too_late(event, now) else NOTHING


def _is_of_before(post: Post, event: Event) -> bool:
    """It is of another date: by its version, or in a series whose next day has come."""
    queued = post.publications.filter(state=Publication.State.QUEUED)
    return post.event_version != event.version or any(map(stating.is_untrue, queued))


def _take_back(post: Post, event: Event | None) -> None:
    """What is queued says what is not so (any more): it is composed anew, and approved as it was before."""
    in_doubt = post.publications.filter(sent_at__isnull=False).exists()
    why, now_true = _words(post, event)
    _leave_out(post)
    approving.cancel(post, why=say(why))
    post.refresh_from_db()
    if post.state != Post.State.CANCELLED:
        return  # partly out: the post that tells of the new date goes to all its accounts
    approving.restore(post)
    _take_up(post, say(now_true), by_itself=not in_doubt and _is_known(post.entry))


def _leave_out(post: Post) -> None:
    """The account that staff struck out of this post is not posted on when the post comes back."""
    if post.state == Post.State.APPROVED:
        struck = post.publications.filter(state=Publication.State.CANCELLED).exclude(reason__text__in=_BY_US)
        post.accounts.remove(*struck.values_list("account_id", flat=True))


def _words(post: Post, event: Event | None) -> tuple[str, str]:
    """Why it is taken back, and what is true now."""
    if event is None:
        return (_AN_ARTICLE, _SAYS_NO_DATE) if _is_denied(post.entry) else (_NOT_CERTAIN, _NOT_SURE)
    named = post.publications.filter(state=Publication.State.QUEUED, event_version__isnull=False)
    if not named.exists():
        return _NO_DATE, _NOW_AN_EVENT
    return (_OLD_DATE, _MOVED) if any(map(stating.is_untrue, named)) else (_AWAY, _NOT_SHOWN)


def _is_known(entry: Entry | None) -> bool:
    """Whether it is an event, or staff said that it is none. Else a person looks at what is left of it."""
    return _is_denied(entry) or events.event_of(entry) is not None


def _is_denied(entry: Entry | None) -> bool:
    return entry is not None and Event.objects.filter(entry=entry, trust=Event.Trust.DENIED).exists()


def _take_up(post: Post, now_true: Sentence, *, by_itself: bool = True) -> None:
    """It waits; where nobody approves, and it says what is known, it is queued.

    Staff's own words cannot be changed by us, and where staff approve, they approve what is new too.
    """
    assert post.entry is not None
    if events.event_of(post.entry) and presence.is_away(post.entry):
        return wait_until_shown(post)
    Post.objects.filter(pk=post.pk).update(reason=NOTHING)
    by_itself = by_itself and post.kind != Post.Kind.RESHARE  # shared again by a person's choice only
    if by_itself and rules.of(post.entry).is_automatic and not post.has_own_words:
        planning.approve_by_itself(post)
    else:
        history.tell_post(post, now_true, history.WARNING)
    return None


def _after_a_change(event: Event, now: datetime) -> None:
    if events.too_late(event, now):
        return
    if offering.was_announced(event.entry):
        offering.offer(event)
    elif events.takes_place(event):
        choosing.revive(event.entry, planning.HAD_BEGUN, say(_TO_COME))
        for post in event.entry.posts.filter(kind=Post.Kind.ENTRY):
            if _is_laid_aside(post):
                approving.restore(post)
                _take_up(post, say(_TO_COME))


def _is_laid_aside(post: Post) -> bool:
    """Because of its date, and for nothing else. One that was skipped everywhere is cancelled by now."""
    states = set(post.publications.values_list("state", flat=True))
    if post.state == Post.State.APPROVED and Publication.State.SKIPPED in states:
        _leave_out(post)
        approving.cancel(post, why=say(planning.HAD_BEGUN))
        post.refresh_from_db()
    return post.state == Post.State.CANCELLED and post.reason.text in _OURS


def _is_queued(post: Post) -> bool:
    return post.publications.filter(state=Publication.State.QUEUED).exists()
