"""Signed words in the links of our mails: each opens one door for one subscriber and one topic.

A token is bound to its purpose by the salt, so that the link that leaves cannot confirm, and the other way
round. None of them ever stands for a log-in.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from outreach.core.errors import BadInput
from outreach.core.seals import Seal
from outreach.core.sentences import N_, say
from outreach.subscribers import aliases
from outreach.subscribers.models import Subscriber, Subscription

CONFIRM, UNSUBSCRIBE, UNDO = "confirm", "unsubscribe", "undo"
REASON, PREFERENCES = "reason", "preferences"
# Links to leave and to choose work for ever: somebody may open a mail of years ago. RFC 8058 sets no end
# either.
_LIFETIMES = {CONFIRM: timedelta(days=7), UNDO: timedelta(hours=1), REASON: timedelta(days=7)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Forged(BadInput):
    """The token was not made here, or not for this purpose."""


class Expired(BadInput):
    """The token was made here, too long ago; `topic` says what it was about."""

    def __init__(self, topic: str) -> None:
        super().__init__(say(N_("This link is too old.")), "token")
        self.topic = topic


@dataclass(frozen=True)
class Token:
    """What a token says. `moment` is the ask, or the leaving, that it belongs to; `mail` the number of the
    confirmation that it stood in (0 in links of before that was said).
    """

    subscriber_id: int
    topic: str
    moment: datetime | None = None
    mail: int = 0


def unsubscribe_token(subscriber: Subscriber, topic: str) -> str:
    """Leaves `topic`; works for ever. The same at every call, so that a mail sent again is the same mail."""
    return signing.Signer(salt=_salt(UNSUBSCRIBE), sep=".").sign_object([subscriber.pk, topic])


def preferences_token(subscriber: Subscriber) -> str:
    """Opens the page where `subscriber` chooses; works for ever, and is the same at every call."""
    return signing.Signer(salt=_salt(PREFERENCES), sep=".").sign_object([subscriber.pk, ""])


class Links:
    """The links of one purpose for many subscribers: what is the same for all is made once."""

    def __init__(self, purpose: str, topic: str = "") -> None:
        self._topic = json.dumps(topic, separators=(",", ":"))
        # As Django's Signer makes it; a test compares the two.
        salt = _salt(purpose) + "signer"
        self._seal = Seal(hashlib.sha256((salt + settings.SECRET_KEY).encode()).digest())
        self._before, _, self._after = _address(purpose, "TOKEN").partition("TOKEN")

    def url(self, subscriber_id: int) -> str:
        """The address for one subscriber."""
        said = _base64(f"[{subscriber_id},{self._topic}]".encode("latin-1"))
        token = said + b"." + _base64(self._seal.of(said))
        return self._before + token.decode() + self._after


class LeaveLinks(Links):
    """What `unsubscribe_url` says of `topic`."""

    def __init__(self, topic: str) -> None:
        super().__init__(UNSUBSCRIBE, topic)


class PreferenceLinks(Links):
    """What `preferences_url` says."""

    def __init__(self) -> None:
        super().__init__(PREFERENCES)


def _base64(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def _address(view: str, token: str) -> str:
    return settings.BASE_URL + reverse(view, args=[token])


def confirm_token(subscription: Subscription, mail: int = 0) -> str:
    """Confirms this very ask, as `mail` (the number of a Confirmation) asked it, for seven days from now."""
    return _timed(CONFIRM, subscription, subscription.asked_at, mail)


def undo_token(subscription: Subscription) -> str:
    """Takes this very leaving back, for an hour from now."""
    if subscription.left_at is None:
        raise ValueError("only a leaving can be taken back")
    return _timed(UNDO, subscription, subscription.left_at)


def reason_token(subscription: Subscription) -> str:
    """Tells why of this very leaving, for a week from now."""
    if subscription.left_at is None:
        raise ValueError("only who left can say why")
    return _timed(REASON, subscription, subscription.left_at)


def preferences_url(subscriber: Subscriber) -> str:
    """The address of the page where `subscriber` chooses."""
    return _address("preferences", preferences_token(subscriber))


def unsubscribe_url(subscriber: Subscriber, topic: str) -> str:
    """The address for the List-Unsubscribe header and for the foot of a mail."""
    return _address("unsubscribe", unsubscribe_token(subscriber, topic))


def confirm_url(subscription: Subscription, mail: int, language: str) -> str:
    """The address for the confirmation `mail`; its page speaks the language of the mail."""
    return f"{_address('confirm', confirm_token(subscription, mail))}?lang={language}"


def read(token: str, purpose: str) -> Token:
    """What `token` says. Raises Forged, or Expired; both are BadInput with field "token"."""
    try:
        return _parsed(_unsigned(token, purpose, _LIFETIMES.get(purpose)))
    except signing.SignatureExpired:
        raise Expired(_parsed(_unsigned(token, purpose, timedelta.max)).topic) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise Forged(
            say(N_("This link is not complete. Open it again from the mail, or copy all of it.")), "token"
        ) from None


def _unsigned(token: str, purpose: str, lifetime: timedelta | None) -> Any:
    if lifetime:
        return signing.TimestampSigner(salt=_salt(purpose), sep=".").unsign_object(token, max_age=lifetime)
    return signing.Signer(salt=_salt(purpose), sep=".").unsign_object(token)


def _parsed(value: Any) -> Token:
    subscriber_id, topic, *rest = value
    moment = _EPOCH + timedelta(microseconds=rest[0]) if rest else None
    return Token(aliases.current(int(subscriber_id)), str(topic), moment, *rest[1:2])


def _timed(purpose: str, subscription: Subscription, moment: datetime, *more: int) -> str:
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    signer = signing.TimestampSigner(salt=_salt(purpose), sep=".")
    return signer.sign_object([subscription.subscriber_id, subscription.topic, microseconds, *more])


def _salt(purpose: str) -> str:
    return f"outreach.subscribers.{purpose}"
