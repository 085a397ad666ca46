"""Posts that staff write: checked when they are saved, not when they are sent."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from outreach import networks
from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import person, record
from outreach.core.sentences import N_, say
from outreach.posts import approving, illustrating
from outreach.posts.accounts import timing
from outreach.posts.models import Account, Image, Post, PostImage
from outreach.posts.payloads import alt_field, draft
from outreach.posts.text import links, words

LONGEST_ALT = 1000
Shown = tuple[Image, str]
"""An image, and the words for those who cannot see it."""
_FIELDS = frozenset(
    {"text", "variants", "link", "images", "accounts", "planned_at", "language", "without_link"}
)


def write(
    *,
    text: str,
    variants: Mapping[str, str] | None = None,
    link: str = "",
    images: Iterable[Shown] = (),
    accounts: Iterable[Account],
    planned_at: datetime | None = None,
    language: str = settings.LANGUAGE_CODE,
    by: Any = None,
    anyway: bool = False,
) -> Post:
    """A new draft. `planned_at` None: the next free time of each account. Raises BadInput: nothing is kept.

    A `planned_at` that the hours of an account speak against raises `timing.Inconvenient` unless `anyway`.
    `images` are shown in their order. `variants` are other words for one network, by its name.
    """
    with transaction.atomic():
        post = Post(kind=Post.Kind.STAFF, state=Post.State.DRAFT, created_by=person(by))
        _fill(
            post,
            {
                "text": text,
                "variants": variants or {},
                "link": link,
                "planned_at": planned_at,
                "language": language,
            },
        )
        post.save()
        post.accounts.set(_chosen(accounts))
        _illustrate(post, images)
        _refuse_problems(post)
        if not anyway:
            _refuse_inconvenient(post)
        record(post, say(N_("Written.")), actor=by)
    return post


def change(post: Post, by: Any = None, *, anyway: bool = False, seen: str = "", **changes: Any) -> Post:
    """Change a draft or a waiting post; the names are those of `write`. Raises BadInput or OutreachError.

    For a post of an entry, `text` replaces the text that is composed from it, `variants` that of one network;
    "" brings it back. `seen` is the `approving.fingerprint` of the post that the change begins with.
    """
    if unknown := changes.keys() - _FIELDS:
        raise TypeError(f"a post has no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        _hold(post)
        approving.refuse_unseen(post, seen)
        accounts, images = changes.pop("accounts", None), changes.pop("images", None)
        elsewhere = accounts is not None and _go_elsewhere(post, accounts)
        moved = elsewhere or changes.get("planned_at", post.planned_at) != post.planned_at
        _fill(post, changes)
        post.approves_itself = False  # a person is at it
        post.save()
        if elsewhere:
            illustrating.ask(post)
        if images is not None:
            _illustrate(post, images)
        _refuse_problems(post)
        if moved and not anyway:
            _refuse_inconvenient(post)
        record(post, say(N_("Changed.")), actor=by)
    return post


def submit(post: Post, by: Any = None) -> None:
    """Hand a draft in for approval. Doing it twice is harmless; raises OutreachError for a cancelled post."""
    with transaction.atomic():
        rows = Post.objects.filter(pk=post.pk, state=Post.State.DRAFT)
        changed = rows.update(state=Post.State.WAITING)
        post.refresh_from_db()
        if changed:
            record(post, say(N_("Waits for approval.")), actor=by)
        elif post.state == Post.State.CANCELLED:
            raise OutreachError(say(N_("This post was cancelled meanwhile. Take it up again first.")))


def _hold(post: Post) -> None:
    """Lock the row against an approval that runs now, and read what it holds."""
    # An UPDATE that changes nothing: it takes the row's lock on every database.
    still_open = Post.objects.filter(pk=post.pk, state__in=Post.OPEN).update(state=F("state"))
    post.refresh_from_db()
    if not still_open:
        raise OutreachError(
            say(N_("This post is approved or cancelled, so it cannot be changed any more. Write a new one."))
        )


def _fill(post: Post, values: dict[str, Any]) -> None:
    """Set `values` on `post`, each checked as far as it can be by itself."""
    checks: dict[str, Callable[[Any], Any]] = {
        "text": words.tidy,
        "variants": _known_variants,
        "link": links.clean,
        "language": _known_language,
    }
    for name, value in values.items():
        if name == "planned_at" and value != post.planned_at:
            _refuse_past(value)
        setattr(post, name, checks[name](value) if name in checks else value)


def _illustrate(post: Post, images: Iterable[Shown]) -> None:
    """Give `post` these images and no others; the one of its entry stays that."""
    found = dict(post.images.values_list("image", "address"))
    rows = [
        PostImage(
            post=post,
            image=image,
            alt=_short_alt(alt, position),
            position=position,
            address=found.get(image.pk, ""),
        )
        for position, (image, alt) in enumerate(images)
    ]
    post.images.all().delete()
    PostImage.objects.bulk_create(rows)


def _refuse_past(planned_at: datetime | None) -> None:
    if planned_at is not None and planned_at <= clock.now():
        raise BadInput(
            say(N_("The planned time is in the past. Choose a later one, or post now.")), "planned_at"
        )


def _refuse_inconvenient(post: Post) -> None:
    """A moment that a person chose is kept, so the hours that speak against it are told now."""
    if post.planned_at is not None:
        accounts = post.accounts.defer("credentials").prefetch_related("slots")
        timing.refuse_inconvenient(post, post.planned_at, list(accounts))


def _short_alt(text: str, position: int) -> str:
    """No network takes more than the column holds; PostgreSQL would not even keep it."""
    alt = words.one_line(text)
    if len(alt) > LONGEST_ALT:
        sentence = N_("The words for the image have %(length)s characters; %(limit)s are possible.")
        raise BadInput(say(sentence, length=len(alt), limit=LONGEST_ALT), alt_field(position))
    return alt


def _known_variants(variants: Mapping[str, str]) -> dict[str, str]:
    """The words per network, tidied; one without words is none."""
    if unknown := sorted(variants.keys() - set(networks.NAMES)):
        raise BadInput(
            say(
                N_("“%(network)s” is not one of the networks; use one of %(known)s."),
                network=unknown[0],
                known=", ".join(sorted(networks.NAMES)),
            ),
            "variants",
        )
    return {name: text for name in sorted(variants) if (text := words.tidy(variants[name]))}


def _known_language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise BadInput(say(N_("“%(language)s” is not one of the languages."), language=language), "language")
    return language


def _chosen(accounts: Iterable[Account]) -> list[Account]:
    chosen = list(accounts)
    if not chosen:
        raise BadInput(say(N_("Choose at least one account to post on.")), "accounts")
    return chosen


def _go_elsewhere(post: Post, accounts: Iterable[Account]) -> bool:
    """Give `post` these accounts; whether they are others than before."""
    before, chosen = set(post.accounts.values_list("pk", flat=True)), _chosen(accounts)
    post.accounts.set(chosen)
    return before != {account.pk for account in chosen}


def _refuse_problems(post: Post) -> None:
    """What only shows per account: too long, no text, an image without words for it."""
    for account in post.accounts.all():
        if problem := draft(post, account, clock.now()).problem:
            raise BadInput(problem.sentence, problem.field)
