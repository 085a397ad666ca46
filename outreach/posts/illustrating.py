"""The picture of an entry, for its post: fetched before the post is approved, where an account attaches it.

A picture never keeps a post from going out: where it cannot be had, the post goes without it and says why.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from outreach.core import clock, http
from outreach.core.errors import OutreachError
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events, presence, withdrawing
from outreach.posts import approving, history, images, payloads, stating
from outreach.posts.models import Image, Post, PostImage

log = structlog.get_logger(__name__)

_LIMITS = http.Limits(bytes=http.IMAGE.bytes, seconds=15)
# Longer than the fetch and the work on the picture may take together.
_LEASE, _AGAIN, _MOST_TRIES = timedelta(minutes=2), timedelta(minutes=1), 3
_FETCHED = N_("The picture of the article was fetched.")
_NOT_HAD = N_("The picture of the article cannot be used: %(reason)s The post goes without it.")
_OWN_FAULT = N_("Outreach could not handle it; the log of the server tells more.")


def ask(post: Post) -> bool:
    """Have the picture of its entry fetched, if an account of it would attach that. False when none would."""
    if not _is_wanted(post):
        return False
    return bool(Post.objects.filter(pk=post.pk).update(illustrate_at=clock.now(), illustrate_tries=0))


def approve_when_illustrated(post: Post) -> None:
    """Queue `post` without a person, with its picture where that is attached. What is wrong waits for one."""
    if ask(post):
        Post.objects.filter(pk=post.pk).update(approves_itself=True)
    else:
        _approve(post)


def illustrate_one(now: datetime) -> bool:
    """Fetch the picture of one post that is due. False when none is."""
    due = Post.objects.filter(illustrate_at__lte=now, state__in=Post.OPEN)
    post = due.select_related("entry").order_by("illustrate_at", "pk").first()
    if post is None:
        return False
    lease = now + paced(_LEASE)
    if Post.objects.filter(pk=post.pk, illustrate_at=post.illustrate_at).update(illustrate_at=lease):
        _illustrate(post, lease, now)
    return True


def _is_wanted(post: Post) -> bool:
    if post.entry is None or not post.entry.image_url or post.images.exists():
        return False
    now = clock.now()
    return any(payloads.attaches(payloads.draft(post, account, now)) for account in post.accounts.all())


def _illustrate(post: Post, lease: datetime, now: datetime) -> None:
    assert post.entry is not None
    address = post.entry.image_url
    try:
        image, why = images.accept(http.fetch(address, limits=_LIMITS).body), NOTHING
    except OutreachError as error:
        if _may_pass(error) and post.illustrate_tries + 1 < _MOST_TRIES:
            return _try_again(post, lease, now)
        image, why = None, error.sentence
    except Exception:
        log.exception("picture_failed", post=post.pk)
        image, why = None, say(_OWN_FAULT)
    return _keep(post, lease, image, why)


def _may_pass(error: OutreachError) -> bool:
    """A server that is down or slow may be well in a minute; a file that is no picture stays none."""
    return isinstance(error, http.FetchError) and (error.status == 0 or error.status >= 500)


def _try_again(post: Post, lease: datetime, now: datetime) -> None:
    mine = Post.objects.filter(pk=post.pk, illustrate_at=lease)
    mine.update(illustrate_at=now + paced(_AGAIN), illustrate_tries=post.illustrate_tries + 1)


def _keep(post: Post, lease: datetime, image: Image | None, why: Sentence) -> None:
    """Nothing when somebody else has it by now, or the post was approved or cancelled meanwhile."""
    with transaction.atomic():
        stating.hold(post.entry_id)  # before the post, as everywhere: it may be approved here
        mine = Post.objects.filter(pk=post.pk, illustrate_at=lease, state__in=Post.OPEN)
        if not mine.update(illustrate_at=None, illustrate_tries=0):
            return
        post.refresh_from_db()
        _attach(post, image, why)
        if post.approves_itself:
            Post.objects.filter(pk=post.pk).update(approves_itself=False)
            _go_on(post)


def _attach(post: Post, image: Image | None, why: Sentence) -> None:
    assert post.entry is not None
    if image is None:
        return history.tell_post(post, say(_NOT_HAD, reason=why), history.WARNING)
    if not post.images.exists():
        alt, address = post.entry.image_alt, post.entry.image_url
        PostImage.objects.create(post=post, image=image, alt=alt, address=address)
        history.tell_post(post, say(_FETCHED))
    return None


def _go_on(post: Post) -> None:
    """What was true when it was planned may not be so any more."""
    assert post.entry is not None
    event = events.event_of(post.entry)
    if post.entry.withdrawn_at is not None and event is None:
        approving.cancel(post, why=say(withdrawing.LEFT))
    elif not (presence.is_away(post.entry) or events.is_doubtful(post.entry) or post.entry.question):
        _approve(post)


def _approve(post: Post) -> None:
    try:
        approving.approve(post)
    except OutreachError as error:
        sentence = say(N_("It waits for a person: %(reason)s"), reason=error.sentence)
        history.tell_post(post, sentence, history.WARNING)
