"""Joining and leaving: ask, confirm, leave, and take the leaving back.

Nobody is mailed about a topic before the mailbox itself said yes (ask → confirm), or before staff vouch for
a consent given elsewhere (add). Each step writes the proof beside it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.subscribers import aliases, lists, tokens
from outreach.subscribers.addresses import Address, clean_name, normalise
from outreach.subscribers.models import Confirmation, Consent, Subscriber, Subscription, Suppression

# A sign-up form can be made to mail a stranger: three questions a day are the most that anybody gets.
_MAILS_PER_DAY = 3
_BETWEEN_MAILS = timedelta(minutes=10)
NO_MAIL = N_("%(address)s is on the list of addresses that get no mail.")
NO_MORE = N_(
    "We do not mail this address any more: its mail server refused our mail, or a mail was reported as "
    "unwanted. Write to us if that is a mistake."
)
"""For the person, on a page that does not show the whole address."""
# To who opens a link from their own mailbox: signing up again would help nobody.
_NO_MAIL_TO_YOU = N_(
    "This address gets no more mail from us: a mail to it came back, or was reported as unwanted. "
    "Tell us if that is a mistake, or sign up with another address."
)
WENT_AWAY = N_("%(address)s unsubscribed. Only this person can sign up again.")


@dataclass(frozen=True)
class Joined:
    """The answer to `confirm`."""

    subscription: Subscription
    already: bool  # the link was used before


@dataclass(frozen=True)
class Left:
    """The answer to `leave`. `subscription` is None when the person was erased meanwhile."""

    topic: str
    subscription: Subscription | None
    already: bool


def ask(
    topic: str,
    address: str,
    *,
    name: str = "",
    language: str = "",
    wording: str,
    page: str = "",
    how: str = "sign-up page",
    title: str = "",
    at: datetime | None = None,
) -> None:
    """Somebody typed `address` in a form that showed `wording`: queue the mail that asks for confirmation.

    `title` names what was asked for in that mail, `at` is when (None: now). Says nothing, whoever the address
    belongs to: a form must not tell a stranger who subscribes. Raises BadInput (address, name) for what
    cannot be used.
    """
    normal, name = aliases.known_as(normalise(address)), clean_name(name)
    if lists.is_suppressed_key(normal.key):
        return
    with transaction.atomic():
        subscriber = _locked(normal, name, language)
        if not _may_be_mailed(normal, subscriber, topic):
            return  # and nothing changes: the links of the mails that did go out still work
        subscription, language = _wish(subscriber, topic), language or subscriber.language
        Confirmation.objects.create(
            subscription=subscription,
            title=title[:200] or topic,
            language=language,
            name=name,
            consent=_consent(subscription, how, wording, page, language, at),
            mailbox=normal.mailbox,
        )


def confirm(token: str) -> Joined:
    """The mailbox said yes. Harmless to repeat. Raises BadInput (forged, expired, or left since)."""
    said = tokens.read(token, tokens.CONFIRM)
    with transaction.atomic():
        subscription = _of(said)
        if subscription is None or subscription.asked_at != said.moment:
            raise BadInput(say(N_("This link is no longer valid. Sign up again, please.")), "token")
        if subscription.active:
            return Joined(subscription, already=True)
        if subscription.subscriber.state in lists.UNREACHABLE:
            raise BadInput(say(_NO_MAIL_TO_YOU), "token")
        if not subscription.waiting:
            raise BadInput(say(N_("You left after this mail was sent. Sign up again, please.")), "token")
        asked = _asked(subscription, said.mail)
        _take_words_of(asked, subscription.subscriber)
        _join(subscription)
        _repeat_consent(subscription, "confirmation mail", asked=asked.consent if asked else None)
        record(subscription.subscriber, say(N_("Confirmed %(topic)s."), topic=said.topic))
    return Joined(subscription, already=False)


def leave(token: str) -> Left:
    """Leave one topic, at once. Harmless to repeat. Raises BadInput for a forged token."""
    return _leave_at_once(tokens.read(token, tokens.UNSUBSCRIBE))


def leave_by_mail(subscriber: Subscriber, topic: str) -> Left:
    """The same, by a mail to an address that was made for this reader."""
    return _leave_at_once(tokens.Token(subscriber.pk, topic))


def _leave_at_once(said: tokens.Token) -> Left:
    with transaction.atomic():
        subscription = _of(said)
        if subscription is None or (subscription.left_at and not subscription.waiting):
            return Left(said.topic, subscription, already=True)
        _leave(subscription)
        record(subscription.subscriber, say(N_("Left %(topic)s."), topic=said.topic))
    return Left(said.topic, subscription, already=False)


def undo(token: str, wording: str = "") -> Joined:
    """Take a leaving of the last hour back. Raises BadInput."""
    said = tokens.read(token, tokens.UNDO)
    with transaction.atomic():
        subscription = _of(said)
        if subscription is not None and subscription.active:
            return Joined(subscription, already=True)
        if subscription is None or subscription.left_at != said.moment or not subscription.confirmed_at:
            raise BadInput(say(N_("This link is no longer valid. Sign up again, please.")), "token")
        if subscription.subscriber.state in lists.UNREACHABLE:
            raise BadInput(say(_NO_MAIL_TO_YOU), "token")
        _join(subscription, subscription.confirmed_at)
        _repeat_consent(subscription, "took leaving back", wording)
        record(subscription.subscriber, say(N_("Came back to %(topic)s at once."), topic=said.topic))
    return Joined(subscription, already=False)


def add(
    topic: str,
    address: str,
    *,
    how: str,
    wording: str,
    name: str = "",
    language: str = "",
    page: str = "",
) -> Subscription:
    """Staff vouch that this person said yes to `wording` elsewhere. Harmless to repeat. Raises BadInput."""
    if not wording.strip():
        raise BadInput(say(N_("Say what this person agreed to, in the words that were used.")), "wording")
    normal, name = aliases.known_as(normalise(address)), clean_name(name)
    with transaction.atomic():
        _refuse_who_must_not_come_back(normal, topic)
        subscription = _wish(_locked(normal, name, language), topic)
        if not subscription.active:
            _join(subscription)
            _consent(subscription, how, wording, page, language)
    return subscription


def switch_on(
    subscriber: Subscriber, topic: str, *, how: str, wording: str, page: str = "", language: str = ""
) -> None:
    """The mailbox itself wishes to hear of `topic`: no mail need ask back. Raises BadInput.

    For who holds `subscriber` locked within a transaction, and knows from a signed link that it is theirs.
    """
    if Subscription.objects.filter(lists.ACTIVE, subscriber=subscriber, topic=topic).exists():
        return
    if subscriber.state in lists.UNREACHABLE:
        raise BadInput(say(NO_MORE), "newsletter")
    subscription = _wish(subscriber, topic)
    subscription.subscriber = subscriber
    _join(subscription)
    _consent(subscription, how, wording, page, language)
    record(subscriber, say(N_("Confirmed %(topic)s."), topic=topic))


def switch_off(subscriber: Subscriber, topic: str) -> None:
    """Leave `topic`, at once; for who holds `subscriber` locked within a transaction."""
    subscription = Subscription.objects.filter(subscriber=subscriber, topic=topic).first()
    if subscription and subscription.active:
        subscription.subscriber = subscriber
        _leave(subscription)
        record(subscriber, say(N_("Left %(topic)s."), topic=topic))


def _locked(normal: Address, name: str, language: str) -> Subscriber:
    """The subscriber with this address, made if need be, and ours alone until the transaction ends."""
    given = {"address": normal.address, "name": name, "language": language or settings.LANGUAGE_CODE}
    row, made = Subscriber.objects.get_or_create(address_key=normal.key, defaults=given)
    if made and (now := aliases.known_as(normal)) != normal:
        row.delete()  # staff made this person one with another at this moment
        return _locked(now, name, language)
    subscriber = Subscriber.objects.select_for_update().get(pk=row.pk)
    # A stranger may ask with anybody's address: what a confirmed subscriber is called stays as it is.
    if not made and name and subscriber.state == Subscriber.State.PENDING:
        subscriber.name = name
        subscriber.save(update_fields=["name"])
    return subscriber


def _wish(subscriber: Subscriber, topic: str) -> Subscription:
    row, made = Subscription.objects.get_or_create(
        subscriber=subscriber, topic=topic, defaults={"asked_at": clock.now()}
    )
    if not made and row.left_at and not row.waiting:
        # Asked again after leaving: links of the earlier ask die here.
        row.asked_at = max(clock.now(), row.left_at + timedelta(microseconds=1))
        row.save(update_fields=["asked_at"])
    return row


def _may_be_mailed(normal: Address, subscriber: Subscriber, topic: str) -> bool:
    """Two who ask at one instant with two spellings of one mailbox may get one mail more."""
    now = clock.now()
    today = Confirmation.objects.filter(created_at__gt=now - timedelta(days=1))
    if today.filter(mailbox=normal.mailbox).count() >= _MAILS_PER_DAY:
        return False
    just_now = today.filter(
        subscription__subscriber=subscriber, subscription__topic=topic, created_at__gt=now - _BETWEEN_MAILS
    )
    # The link of a mail from before somebody left brings nobody back.
    return not just_now.exclude(subscription__left_at__gte=F("created_at")).exists()


def _asked(subscription: Subscription, mail: int) -> Confirmation | None:
    """The mail whose link was opened; None for a link that does not say."""
    rows = Confirmation.objects.select_related("consent")
    return rows.filter(pk=mail, subscription=subscription).first()


def _take_words_of(asked: Confirmation | None, subscriber: Subscriber) -> None:
    """Who confirms is called as they said themselves, in their language: a stranger may have asked too."""
    if asked is None or subscriber.state == Subscriber.State.CONFIRMED:
        return
    subscriber.name, subscriber.language = asked.name or subscriber.name, asked.language
    subscriber.save(update_fields=["name", "language"])


def _of(said: tokens.Token) -> Subscription | None:
    """The subscription that a token is about, with its subscriber locked."""
    subscriber = Subscriber.objects.select_for_update().filter(pk=said.subscriber_id).first()
    rows = Subscription.objects.filter(subscriber=subscriber, topic=said.topic)
    row = rows.first() if subscriber else None
    if row and subscriber:
        row.subscriber = subscriber
    return row


def _join(subscription: Subscription, since: datetime | None = None) -> None:
    now = clock.now()
    subscription.confirmed_at, subscription.left_at = since or now, None
    subscription.save(update_fields=["confirmed_at", "left_at"])
    subscriber = subscription.subscriber
    if subscriber.state != Subscriber.State.CONFIRMED:
        subscriber.state = Subscriber.State.CONFIRMED
        subscriber.confirmed_at = subscriber.confirmed_at or now
        subscriber.save(update_fields=["state", "confirmed_at"])
    mails = Confirmation.objects.filter(subscription=subscription, state=Confirmation.State.QUEUED)
    mails.update(state=Confirmation.State.CANCELLED)
    lists.barring([subscriber.address_key]).filter(why=Suppression.Why.ERASED).delete()


def _leave(subscription: Subscription) -> None:
    subscription.left_at = max(clock.now(), subscription.asked_at)
    subscription.save(update_fields=["left_at"])
    subscriber = subscription.subscriber
    others = Subscription.objects.filter(lists.ACTIVE, subscriber=subscriber)
    if subscriber.state not in lists.UNREACHABLE and not others.exists():
        subscriber.state = Subscriber.State.UNSUBSCRIBED
        subscriber.save(update_fields=["state"])


def _consent(
    subscription: Subscription,
    how: str,
    wording: str,
    page: str,
    language: str = "",
    at: datetime | None = None,
) -> Consent:
    return Consent.objects.create(
        subscriber_id=subscription.subscriber_id,
        topic=subscription.topic,
        at=at or clock.now(),
        how=how,
        wording=wording,
        language=language,
        page=page[:500],
    )


def _repeat_consent(
    subscription: Subscription, how: str, wording: str = "", *, asked: Consent | None = None
) -> None:
    """The same yes once more, from the mailbox itself: to what was `asked`, else to what was asked last."""
    asked = (
        asked
        or Consent.objects.filter(subscriber=subscription.subscriber_id, topic=subscription.topic).last()
    )
    said, page, language = (asked.wording, asked.page, asked.language) if asked else ("", "", "")
    _consent(subscription, how, wording or said, page, language)


def _refuse_who_must_not_come_back(normal: Address, topic: str) -> None:
    if lists.suppressed([normal.key]):
        raise BadInput(say(NO_MAIL, address=normal.address), "address")
    left = Subscription.objects.filter(subscriber__address_key=normal.key, topic=topic, left_at__isnull=False)
    gone = Subscriber.objects.filter(address_key=normal.key, state=Subscriber.State.UNSUBSCRIBED)
    if left.exists() or gone.exists():
        raise BadInput(say(WENT_AWAY, address=normal.address), "address")
