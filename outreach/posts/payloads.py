"""What a post is on each of its accounts: composed until it is approved, frozen from then on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.measure import shorten
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events
from outreach.feeds.models import Event
from outreach.networks.base import Payload, Picture
from outreach.posts.accounts import costs
from outreach.posts.models import Account, Image, Post, PostImage
from outreach.posts.text import remarks
from outreach.posts.text.composing import Composed, beside_a_picture, compose, compose_staff

_WORDLESS = N_("The picture of the article does not go to %(account)s: nobody said in words what it shows.")

BEGUN_BY_THEN = N_("The event has begun by then. Choose an earlier moment.")
_SHOWN_BEYOND = 80  # characters of the end that has no room


@dataclass(frozen=True)
class Draft:
    """A post as it would be sent to one account now, and why it cannot be (None when it can)."""

    account: Account
    composed: Composed
    payload: Mapping[str, Any]
    problem: BadInput | None
    images: Sequence[PostImage]
    left_out: Sentence = NOTHING  # why the picture of the article does not go with it


def draft(post: Post, account: Account, now: datetime, images: Sequence[PostImage] | None = None) -> Draft:
    """`post` for `account`, composed from what the entry or the staff say now.

    `images` are those of a post that is not saved yet.
    """
    tag, given = tag_for(post, account), images_of(post) if images is None else images
    of_entry = any(one.address for one in given)
    shows_link = of_entry and _shows_link(_composed(post, account, tag, []))
    shown, left_out = _shown(given, account, shows_link=shows_link)
    composed = _composed(post, account, tag, shown)
    payload = {
        "text": composed.text,
        "link": composed.link,
        "tag": tag,
        "images": [{"image": one.image.sha256, "alt": one.alt} for one in shown],
    }
    problem = _problem(post, account, composed, shown, now)
    return Draft(account, composed, payload, problem, shown, left_out)


def attaches(found: Draft) -> bool:
    """Whether the picture of the article would go with this post, if there were one with words."""
    return found.account.pictures == Account.Pictures.ATTACH or not _shows_link(found.composed)


def _shows_link(composed: Composed) -> bool:
    return bool(composed.link) or "://" in composed.text


def _shown(
    given: Sequence[PostImage], account: Account, *, shows_link: bool
) -> tuple[list[PostImage], Sentence]:
    """Of the pictures those that go to `account`, and why that of the article does not.

    Where the link shows a card, the network takes the picture from the page.
    """
    attach = account.pictures == Account.Pictures.ATTACH or not shows_link
    shown, left_out = [], NOTHING
    for one in given:
        if one.address and not attach:
            continue
        if one.address and not one.alt.strip() and not account.needs_words:
            left_out = say(_WORDLESS, account=account.name)
            continue
        shown.append(one)
    return shown, left_out


def images_of(post: Post) -> list[PostImage]:
    """The pictures of a saved post, in their order."""
    return list(post.images.select_related("image").defer("image__content")) if post.pk else []


def tag_for(post: Post, account: Account) -> str:
    """The correlation tag of `post` on `account`, the same over all attempts; "" when the account has none.

    It depends on the secret key too: another installation with the same row numbers has other tags.
    """
    if not account.tag_links:
        return ""
    seed = f"{post.pk}/{account.pk}/{settings.SECRET_KEY}"
    return f"o{hashlib.sha256(seed.encode()).hexdigest()[:10]}"


def why_too_late(post: Post, now: datetime) -> Sentence:
    """Why nobody should read of this event any more; nothing when they may."""
    event = events.event_of(post.entry)
    if has_begun(post, now):
        return say(N_("The event has begun."))
    if event and not events.takes_place(event) and post.kind != Post.Kind.OFF:
        return say(N_("The event does not take place on that date."))
    return NOTHING


def has_begun(post: Post, now: datetime) -> bool:
    """Whether the event that `post` tells of has begun; for a whole day: is over."""
    event = events.event_of(post.entry)
    return events.too_late(event, now) or (post.kind == Post.Kind.REMINDER and _has_begun(event, now))


def _has_begun(event: Event | None, now: datetime) -> bool:
    """Nobody is reminded on the second of three days of what began on the first."""
    return event is not None and event.starts_at <= now


def link_of(post: Post) -> str:
    """The link that goes with `post`: its own, else its entry's."""
    return post.link or (post.entry.link if post.entry else "")


def thawed(frozen: Mapping[str, Any]) -> Payload:
    """A publication's frozen payload as a network takes it. Raises OutreachError when an image is gone."""
    pictures = tuple(_picture(one["image"], one["alt"]) for one in frozen_images(frozen))
    return Payload(frozen["text"], frozen["link"], frozen["tag"], pictures)


def frozen_images(frozen: Mapping[str, Any]) -> list[dict[str, str]]:
    """The images of a frozen payload: {"image": sha256, "alt": …}. One that was frozen when there was one
    image at most says so on its own level, and stays as it is.
    """
    if "images" in frozen:
        return list(frozen["images"])
    return [{"image": frozen["image"], "alt": frozen["alt"]}] if frozen.get("image") else []


def _picture(sha256: str, alt: str) -> Picture:
    image = Image.objects.filter(sha256=sha256).first()
    if image is None:
        raise OutreachError(say(N_("The image of this post is gone. Write the post again with its image.")))
    return Picture(bytes(image.content), image.mime, alt)


def _composed(post: Post, account: Account, tag: str, shown: Sequence[PostImage]) -> Composed:
    spares_link = costs.spares_link(post, account)
    own_words = post.own_words(account.network)
    if post.entry is not None and not own_words:
        made = compose(
            account.network,
            post.entry,
            tag=tag,
            language=post.language,
            kind=post.kind,
            remind_days=post.remind_days,
            with_link=not spares_link,
        )
        return beside_a_picture(account.network, made) if shown else made
    text, link = own_words, link_of(post)
    if spares_link:
        text, link = text.rstrip().removesuffix(link), ""
    return compose_staff(account.network, text, link, tag, picture=bool(shown))


def _problem(
    post: Post, account: Account, composed: Composed, images: Sequence[PostImage], now: datetime
) -> BadInput | None:
    if not (composed.text or composed.link or images):
        return BadInput(say(N_("There is nothing to post: no text, no link and no image.")), "text")
    field = text_field(account.network) if account.network in post.variants else "text"
    if not composed.fits:
        return BadInput(_too_long(account, composed), field)
    if objection := remarks.objection(networks.get(account.network), account.name, composed.text):
        return BadInput(objection, field)
    if too_late := why_too_late(post, now):
        return BadInput(too_late)
    if post.planned_at is not None and has_begun(post, post.planned_at):
        return BadInput(say(BEGUN_BY_THEN), "planned_at")
    wordless = (_alt_problem(one, account) for one in images)
    return _too_many(images, account) or next(filter(None, wordless), None)


def _too_long(account: Account, composed: Composed) -> Sentence:
    lengths = {"account": account.name, "length": composed.length, "limit": composed.limit}
    if not composed.beyond:
        return say(
            N_("The post is too long for %(account)s: %(length)s characters, and %(limit)s are possible."),
            **lengths,
        )
    return say(
        N_(
            "The post is too long for %(account)s: %(length)s characters, and %(limit)s are possible. "
            "There is no room for this: “%(beyond)s”"
        ),
        beyond=shorten(" ".join(composed.beyond.split()), _SHOWN_BEYOND, len),
        **lengths,
    )


def text_field(network: str) -> str:
    """The name, in a BadInput, of the words that `network` alone gets."""
    return f"text_{network}"


def _too_many(images: Sequence[PostImage], account: Account) -> BadInput | None:
    most = networks.get(account.network).limits.pictures
    if len(images) <= most:
        return None
    return BadInput(
        say(
            N_("%(account)s takes %(most)s images in one post, and this one has %(count)s. Remove some."),
            account=account.name,
            most=most,
            count=len(images),
        ),
        "images",
    )


def _alt_problem(shown: PostImage, account: Account) -> BadInput | None:
    if not shown.alt.strip():
        return BadInput(_ask_words(shown.position), alt_field(shown.position))
    limit = networks.get(account.network).limits.alt
    if len(shown.alt) <= limit:
        return None
    return BadInput(
        say(
            N_("The words for the image are too long for %(account)s: %(limit)s characters are possible."),
            account=account.name,
            limit=limit,
        ),
        alt_field(shown.position),
    )


def _ask_words(position: int) -> Sentence:
    if not position:
        return say(N_("Say in a few words what the image shows, for people who cannot see it."))
    return say(
        N_("Say in a few words what image %(number)s shows, for people who cannot see it."),
        number=position + 1,
    )


def alt_field(position: int) -> str:
    """The name, in a BadInput, of the words for the image at `position` (from 0)."""
    return f"image_alt_{position}"
