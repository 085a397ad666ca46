"""Approving and cancelling: from here on a post is what was shown, to the byte."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from outreach import networks
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import person, record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.posts import history, holding, images, preflight, repeating, stating
from outreach.posts.accounts import timing
from outreach.posts.models import Account, Image, Post, Publication
from outreach.posts.payloads import Draft, draft, frozen_images
from outreach.posts.reasons import FINE, because

_NOT_OUT = (Publication.State.CANCELLED, Publication.State.REFUSED, Publication.State.SKIPPED)
_ON_ITS_WAY = (Publication.State.SENDING, Publication.State.UNKNOWN)
_DECIDED: dict[str, Any] = {"illustrate_at": None, "approves_itself": False}  # nothing happens by itself
_CANCELLED = N_("Cancelled.")
_NOT_AGAIN = N_(
    "Cancelled where it was still possible. It is on its way to %(accounts)s, or there already; "
    "if it turns out not to be there, it is not posted again."
)
_CHANGED = N_("The post has changed since it was shown to you. Look at it again, then approve it.")
_NOT_TRUE = N_(
    "It says something of the event that is not so any more, so it cannot be queued again. "
    "Write a new post, or approve the one that tells of the change."
)


@dataclass(frozen=True)
class Preview:
    """A post on one account: what would be sent, or what was approved."""

    account: Account
    text: str
    link: str
    length: int
    limit: int
    problem: Sentence
    images: list[dict[str, str]]  # as `payloads.frozen_images` gives them
    left_out: Sentence  # why the picture of the article does not go with it


def preview(post: Post) -> list[Preview]:
    """What `post` is on each of its accounts; once approved, the frozen text and nothing else."""
    frozen = {p.account_id: p.payload for p in post.publications.all()} if _is_settled(post) else {}
    return [_preview(found, frozen.get(found.account.pk)) for found in _drafts(post, clock.now())]


def fingerprint(post: Post) -> str:
    """Stands for all that would be sent, and when; changes with any byte of it."""
    return _fingerprint(post, _drafts(post, clock.now()))


def refuse_unseen(post: Post, seen: str) -> None:
    """Raises OutreachError when `seen` is not the `fingerprint` of `post` as it is now; "" is any."""
    if seen and seen != fingerprint(post):
        raise OutreachError(say(_CHANGED))


def places(post: Post) -> dict[int, timing.Place]:
    """When `post` would go out on each of its accounts (by their numbers) if it were approved now.

    Not part of `fingerprint`: another approval may take the place first, and then it is the next one. Raises
    OutreachError when the hours of an account leave none.
    """
    now = clock.now()
    accounts = post.accounts.defer("credentials").prefetch_related("slots")
    return {account.pk: timing.place(post, account, now) for account in accounts}


def approve(post: Post, by: Any = None, seen: str = "", *, at_once: bool = False) -> None:
    """Queue `post` on its accounts, as shown. Doing it twice, or two people at once, changes nothing more.

    Each publication gets its time here (`timing.place`); `at_once` is now, whatever the hours of the account.
    `seen` is the `fingerprint` of what was on the screen. Raises OutreachError when the post is now another
    one, when something is wrong with it, or when it was cancelled.
    """
    now = clock.now()
    with transaction.atomic():
        stating.hold(post.entry_id)  # it says what the event is until this is written, or the event waits
        # The UPDATE decides between two approvals, and locks out a change of the post.
        mine = Post.objects.filter(pk=post.pk, state__in=Post.OPEN).update(
            state=Post.State.APPROVED, approved_at=now, approved_by=person(by), reason=NOTHING, **_DECIDED
        )
        post.refresh_from_db()
        if not mine:
            return _not_mine(post)
        drafts = _drafts(post, now)
        _refuse_unless_sound(post, drafts, seen)
        for found in sorted(
            drafts, key=lambda one: one.account.pk
        ):  # in one order: no two wait for each other
            _queue(post, found, now, at_once=at_once)
        history.tell_post(post, _approved_sentence(post, by), actor=by)
        for found in drafts:
            if found.left_out:
                history.tell_post(post, found.left_out)
    return None


def cancel(post: Post, by: Any = None, why: str | Sentence = "") -> Sentence:
    """Stop what has not gone out yet, and say what could not be stopped any more.

    `why` is what staff typed, or a whole sentence: why the machine does it; each publication keeps that.
    """
    with transaction.atomic():
        # An approval that runs now ends first (SQLite: transactions are IMMEDIATE): its rows are seen here.
        Post.objects.select_for_update().get(pk=post.pk)
        reason, by_itself = (why, True) if isinstance(why, Sentence) else (say(_CANCELLED), False)
        halted = False
        if not by_itself:
            # What the machine had laid aside does not come back either.
            post.publications.filter(state=Publication.State.CANCELLED).update(reason=reason)
            halted = _halt(post.publications.all())
        stopped = [row for row in post.publications.filter(_open(asked=not by_itself)) if _stop(row, reason)]
        out = list(post.publications.exclude(state__in=_NOT_OUT).select_related("account"))
        changed = 0 if out else _close(post, why)
        post.refresh_from_db()
        if not (stopped or halted or changed):
            return _nothing_to_stop(post, out)
        going = [row for row in out if halted and row.unwanted]
        sentence = _halted_sentence(going) if going else _cancelled_sentence(why, out)
        level = history.WARNING if out and by_itself else history.INFO
        for row in [*stopped, *going]:
            record(row, sentence, level, actor=by)
        history.tell_post(post, sentence, level, actor=by)
    return sentence


def restore(post: Post, by: Any = None) -> None:
    """Undo `cancel`: the post waits for approval again. Raises OutreachError when it is not cancelled."""
    with transaction.atomic():
        rows = Post.objects.filter(pk=post.pk, state=Post.State.CANCELLED)
        if not rows.update(state=Post.State.WAITING, reason=NOTHING):
            raise OutreachError(say(N_("This post is not cancelled.")))
        post.refresh_from_db()
        history.tell_post(post, say(N_("The post was taken up again and waits for approval.")), actor=by)


def cancel_publication(publication: Publication, by: Any = None) -> Sentence:
    """Do not post on this one account; on its way already, do not send it again.

    Raises OutreachError when it is out.
    """
    sentence = say(N_("Not posted on %(account)s: cancelled."), account=publication.account.name)
    with transaction.atomic():
        if halted := _halt(Publication.objects.filter(pk=publication.pk)):
            sentence = _halted_sentence([publication])
        stopped = _stop(publication, say(_CANCELLED))
        publication.refresh_from_db()
        if stopped or halted:
            history.tell(publication, sentence, actor=by)
        elif publication.state != Publication.State.CANCELLED:
            raise OutreachError(say(N_("It is too late to cancel this: it is on its way or out already.")))
    return sentence


def is_stoppable(publication: Publication) -> bool:
    """Whether `cancel` changes anything for it: it is not out, and nobody stopped it yet."""
    asked = publication.state == Publication.State.SKIPPED and publication.held == Publication.Held.LATE
    on_its_way = publication.state in _ON_ITS_WAY and not publication.unwanted
    return publication.state == Publication.State.QUEUED or asked or on_its_way


def leave(publication: Publication, by: Any = None) -> None:
    """What was refused is left as it is. Raises OutreachError when it is not refused (any more)."""
    reason = say(N_("Not posted, and left as it is."))
    with transaction.atomic():
        rows = Publication.objects.filter(pk=publication.pk, state=Publication.State.REFUSED)
        if not rows.update(state=Publication.State.CANCELLED, **because(reason)):
            raise OutreachError(say(N_("This has been answered already, or is on its way.")))
        publication.refresh_from_db()
        history.tell(publication, reason, actor=by)


def requeue(publication: Publication, by: Any = None) -> None:
    """Try again what was cancelled, refused or skipped, with the same payload. Raises OutreachError else."""
    now = clock.now()
    fresh: dict[str, Any] = {"approved_at": now, **FINE, **holding.FREE}
    fresh |= preflight.columns(publication.post, publication.account, publication.payload)
    with transaction.atomic():
        stating.hold(publication.post.entry_id)
        if stating.is_untrue(publication):
            raise OutreachError(say(_NOT_TRUE))
        post = Post.objects.select_for_update().get(pk=publication.post_id)
        when = timing.place(post, timing.hold(publication.account_id), now)
        fresh |= {"due_at": when.at, "timing": when.timing}
        rows = Publication.objects.filter(pk=publication.pk, state__in=_NOT_OUT)
        approved = post.state == Post.State.APPROVED
        if not (approved and rows.update(state=Publication.State.QUEUED, **fresh)):
            raise OutreachError(say(N_("Only what was cancelled, refused or skipped can be queued again.")))
        publication.refresh_from_db()
        sentence = say(N_("Queued again for %(account)s."), account=publication.account.name)
        history.tell(publication, sentence, actor=by)


def _drafts(post: Post, now: datetime) -> list[Draft]:
    return [draft(post, account, now) for account in post.accounts.all()]


def _is_settled(post: Post) -> bool:
    return post.state in (Post.State.APPROVED, Post.State.CANCELLED)


def _preview(found: Draft, frozen: dict[str, Any] | None) -> Preview:
    made, kept = found.composed, found.payload if frozen is None else frozen
    length = made.length if kept["text"] == made.text else _length(found.account, kept["text"])
    problem = _sentence(found) if frozen is None else NOTHING
    left_out = found.left_out if frozen is None else NOTHING
    shown = (kept["text"], kept["link"], length, made.limit)
    return Preview(found.account, *shown, problem, frozen_images(kept), left_out)


def _sentence(found: Draft) -> Sentence:
    return found.problem.sentence if found.problem else NOTHING


def _length(account: Account, text: str) -> int:
    return networks.get(account.network).measure(text)


def _fingerprint(post: Post, drafts: list[Draft]) -> str:
    planned = post.planned_at.isoformat() if post.planned_at else ""
    # By number: two accounts of the same name have no order of their own.
    by_account = sorted(drafts, key=lambda found: found.account.pk)
    shown = [planned, [[found.account.pk, dict(found.payload)] for found in by_account]]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _not_mine(post: Post) -> None:
    """Somebody was first. Approved already is what was wanted; cancelled is not."""
    if post.state == Post.State.CANCELLED:
        raise OutreachError(say(N_("This post was cancelled meanwhile. Take it up again first.")))


def _refuse_unless_sound(post: Post, drafts: list[Draft], seen: str) -> None:
    if not drafts:
        raise OutreachError(say(N_("Choose at least one account to post on.")))
    if seen and seen != _fingerprint(post, drafts):
        raise OutreachError(say(_CHANGED))
    for found in drafts:
        if found.problem:
            raise found.problem
    repeating.refuse_same_words(post, drafts)


def _queue(post: Post, found: Draft, now: datetime, *, at_once: bool) -> None:
    """A publication with its frozen payload; one that did not go out before comes back with the new one."""
    when = timing.place(post, timing.hold(found.account.pk), now, at_once=at_once)
    payload = {**found.payload, "images": _fitted(found)}
    fresh = {"payload": payload, "due_at": when.at, "timing": when.timing, "approved_at": now}
    fresh |= stating.columns(post.entry) | preflight.columns(post, found.account, found.payload)
    row, made = Publication.objects.get_or_create(post=post, account=found.account, defaults=fresh)
    if not made:
        Publication.objects.filter(pk=row.pk, state__in=_NOT_OUT).update(
            state=Publication.State.QUEUED, **FINE, **holding.FREE, **fresh
        )
    holding.hold_beyond_budget(row.pk, now)


def _fitted(found: Draft) -> list[dict[str, str]]:
    """The pictures as the network takes them."""
    limits = networks.get(found.account.network).limits
    kept = Image.objects.in_bulk([one.image.pk for one in found.images])
    return [
        {"image": images.fitted(kept[one.image.pk], limits).sha256, "alt": one.alt} for one in found.images
    ]


def _approved_sentence(post: Post, by: Any) -> Sentence:
    names = ", ".join(account.name for account in post.accounts.all())
    if person(by) is None:
        return say(N_("Approved, for %(accounts)s."), accounts=names)
    return say(N_("Approved by %(person)s, for %(accounts)s."), person=str(by), accounts=names)


def _open(*, asked: bool) -> Q:
    """What can be stopped; `asked`: also what staff are asked about, which the machine leaves to them."""
    question = Q(state=Publication.State.SKIPPED, held=Publication.Held.LATE) if asked else Q()
    return Q(state=Publication.State.QUEUED) | question


def _stop(publication: Publication, reason: Sentence) -> bool:
    rows = Publication.objects.filter(_open(asked=True), pk=publication.pk)
    return bool(rows.update(state=Publication.State.CANCELLED, **because(reason)))


def _halt(rows: QuerySet[Publication]) -> bool:
    """What is on its way is not sent a second time. False when nothing is, or somebody had said so before."""
    # It locks what is queued too: until this is written nothing goes on its way, or comes back to the queue.
    open_ones = rows.filter(state__in=(Publication.State.QUEUED, *_ON_ITS_WAY), unwanted=False)
    return bool(open_ones.update(unwanted=True)) and rows.filter(state__in=_ON_ITS_WAY).exists()


def _close(post: Post, why: str | Sentence) -> int:
    rows = Post.objects.filter(pk=post.pk).exclude(state=Post.State.CANCELLED)
    # Taken up again, it still gets the picture that was to be fetched; but nothing goes out by itself.
    return rows.update(state=Post.State.CANCELLED, reason=_reason(why), approves_itself=False)


def _reason(why: str | Sentence) -> Sentence:
    if isinstance(why, Sentence):
        return why
    return say(N_("Cancelled: %(why)s"), why=why) if why else say(_CANCELLED)


def _cancelled_sentence(why: str | Sentence, out: list[Publication]) -> Sentence:
    names = ", ".join(row.account.name for row in out)
    if out and isinstance(why, Sentence):
        return say(N_("%(why)s Already out or on its way: %(accounts)s."), why=why, accounts=names)
    if out:
        return say(
            N_("Cancelled where it was still possible; already out or on its way: %(accounts)s."),
            accounts=names,
        )
    return _reason(why)


def _halted_sentence(rows: list[Publication]) -> Sentence:
    return say(_NOT_AGAIN, accounts=", ".join(row.account.name for row in rows))


def _nothing_to_stop(post: Post, out: list[Publication]) -> Sentence:
    if going := [row for row in out if row.unwanted]:
        return _halted_sentence(going)
    if post.state == Post.State.CANCELLED:
        return say(N_("It was cancelled already."))
    names = ", ".join(row.account.name for row in out)
    return say(
        N_("It is too late to cancel this: already out or on its way on %(accounts)s."), accounts=names
    )
