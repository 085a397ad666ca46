"""What a post is on each of its accounts: composed until it is approved, frozen from then on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events
from outreach.feeds.models import Event
from outreach.networks.base import Payload, Picture
from outreach.posts.models import Account, Image, Post
from outreach.posts.text.composing import Composed, compose, compose_staff


@dataclass(frozen=True)
class Draft:
    """A post as it would be sent to one account now, and why it cannot be (None when it can)."""

    account: Account
    composed: Composed
    payload: Mapping[str, str]
    problem: BadInput | None


def draft(post: Post, account: Account, now: datetime) -> Draft:
    """`post` for `account`, composed from what the entry or the staff say now."""
    tag = tag_for(post, account)
    composed = _composed(post, account, tag)
    payload = {
        "text": composed.text,
        "link": composed.link,
        "tag": tag,
        "image": post.image.sha256 if post.image else "",
        "alt": post.image_alt if post.image else "",
    }
    return Draft(account, composed, payload, _problem(post, account, composed, now))


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
    if events.too_late(event, now) or (post.kind == Post.Kind.REMINDER and _has_begun(event, now)):
        return say(N_("The event has begun."))
    if event and not events.takes_place(event) and post.kind != Post.Kind.OFF:
        return say(N_("The event does not take place on that date."))
    return NOTHING


def _has_begun(event: Event | None, now: datetime) -> bool:
    """Nobody is reminded on the second of three days of what began on the first."""
    return event is not None and event.starts_at <= now


def link_of(post: Post) -> str:
    """The link that goes with `post`: its own, else its entry's."""
    return post.link or (post.entry.link if post.entry else "")


def thawed(frozen: Mapping[str, str]) -> Payload:
    """The frozen payload of a publication as the network takes it. Raises OutreachError without its image."""
    picture = _picture(frozen["image"], frozen["alt"]) if frozen.get("image") else None
    return Payload(frozen["text"], frozen["link"], frozen["tag"], picture)


def _picture(sha256: str, alt: str) -> Picture:
    image = Image.objects.filter(sha256=sha256).first()
    if image is None:
        raise OutreachError(say(N_("The image of this post is gone. Write the post again with its image.")))
    return Picture(bytes(image.content), image.mime, alt)


def _composed(post: Post, account: Account, tag: str) -> Composed:
    if post.entry is not None and not post.text:
        return compose(
            account.network,
            post.entry,
            tag=tag,
            language=post.language,
            kind=post.kind,
            remind_days=post.remind_days,
        )
    return compose_staff(account.network, post.text, link_of(post), tag, picture=post.image is not None)


def _problem(post: Post, account: Account, composed: Composed, now: datetime) -> BadInput | None:
    if not (composed.text or composed.link or post.image):
        return BadInput(say(N_("There is nothing to post: no text, no link and no image.")), "text")
    if not composed.fits:
        return BadInput(
            say(
                N_(
                    "The post is too long for %(account)s: %(length)s characters, and %(limit)s are possible."
                ),
                account=account.name,
                length=composed.length,
                limit=composed.limit,
            ),
            "text",
        )
    if too_late := why_too_late(post, now):
        return BadInput(too_late)
    return _picture_problem(post, account)


def _picture_problem(post: Post, account: Account) -> BadInput | None:
    if post.image is None:
        return None
    if not post.image_alt.strip():
        sentence = say(N_("Say in a few words what the image shows, for people who cannot see it."))
        return BadInput(sentence, "image_alt")
    limit = networks.get(account.network).limits.alt
    if len(post.image_alt) > limit:
        return BadInput(
            say(
                N_(
                    "The words for the image are too long for %(account)s: %(limit)s characters are possible."
                ),
                account=account.name,
                limit=limit,
            ),
            "image_alt",
        )
    return None
