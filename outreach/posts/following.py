"""An event moved or was called off: what has not gone out follows, what has is put right by a new post."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from outreach.core import clock
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import choosing, events, rules
from outreach.feeds.models import Entry, Event
from outreach.posts import approving, history, planning
from outreach.posts.models import Account, Post, Publication

_MOVED = N_("The event has another date now. What waited to be posted says it; look at it again.")
_OLD_DATE = N_("Taken back: it says the old date of the event.")
_CALLED_OFF = N_("Cancelled: the event does not take place.")
_POSTPONED = N_("Cancelled: the event is postponed.")
_NEWER = N_("Cancelled: the event changed again.")
_NEW_DATE = N_("The event was announced and has another date now. This post says so; it waits for approval.")
_NOT_AT_ALL = N_("The event was announced and does not take place. This post says so; it waits for approval.")
_TO_COME = N_("The event has a date to come now: it is looked at again.")
_OUT = (Publication.State.PUBLISHED, Publication.State.SENDING, Publication.State.UNKNOWN)


def follow_one(now: datetime) -> bool:
    """Let the posts of one event that changed follow it. False when there is none."""
    changed = Event.objects.filter(trust__in=events.BELIEVED).exclude(version=F("followed"))
    event = changed.select_related("entry__source").order_by("pk").first()
    if event is None:
        return False
    with transaction.atomic():
        # The UPDATE decides between two who see it: the posts follow each change once.
        mine = Event.objects.filter(pk=event.pk, version=event.version, followed=event.followed)
        if mine.update(followed=event.version):
            _follow(event, now)
    return True


def _follow(event: Event, now: datetime) -> None:
    for post in event.entry.posts.exclude(state=Post.State.CANCELLED):
        if post.kind in (Post.Kind.MOVED, Post.Kind.OFF):
            _withdraw(post, say(_NEWER))
        elif not events.takes_place(event):
            _withdraw(post, say(_POSTPONED if event.status == Event.Status.POSTPONED else _CALLED_OFF))
        else:
            _compose_anew(post)
    if events.too_late(event, now):
        return
    if _was_announced(event.entry):
        _offer(event)
    elif events.takes_place(event):
        choosing.revive(event.entry, planning.HAD_BEGUN, say(_TO_COME))


def _withdraw(post: Post, why: Sentence) -> None:
    """Nobody is invited to what does not take place. What is out stays out; the offered post tells of it."""
    if post.state != Post.State.APPROVED or _is_queued(post):
        approving.cancel(post, why=why)


def _compose_anew(post: Post) -> None:
    """What is queued says the old date: it is composed anew, and approved as it was before.

    Staff's own words cannot be changed by us, and where staff approve, they approve the new date too.
    """
    if post.state != Post.State.APPROVED or not _is_queued(post):
        return
    approving.cancel(post, why=say(_OLD_DATE))
    post.refresh_from_db()
    if post.state != Post.State.CANCELLED:
        return  # partly out: the post that tells of the new date goes to all its accounts
    approving.restore(post)
    assert post.entry is not None
    if rules.of(post.entry).is_automatic and not post.text:
        planning.approve_by_itself(post)
    else:
        history.tell_post(post, say(_MOVED), history.WARNING)


def _offer(event: Event) -> None:
    """A post that puts right what was announced. It waits for a person, whatever the source's mode."""
    kind = Post.Kind.MOVED if events.takes_place(event) else Post.Kind.OFF
    post, made = Post.objects.get_or_create(
        entry=event.entry,
        kind=kind,
        remind_days=0,
        event_version=event.version,
        defaults={
            "state": Post.State.WAITING,
            "language": event.entry.language,
            "created_at": clock.now(),
        },
    )
    if made:
        post.accounts.set(_accounts(event.entry))
        history.tell_post(post, say(_NEW_DATE if kind == Post.Kind.MOVED else _NOT_AT_ALL))


def _was_announced(entry: Entry) -> bool:
    return Publication.objects.filter(post__entry=entry, state__in=_OUT).exists()


def _accounts(entry: Entry) -> list[Account]:
    """Everywhere that the event was announced or was going to be."""
    return list(Account.objects.filter(posts__entry=entry).distinct())


def _is_queued(post: Post) -> bool:
    return post.publications.filter(state=Publication.State.QUEUED).exists()
