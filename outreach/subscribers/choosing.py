"""What a subscriber chooses on the page behind the link in each mail: no log-in, the link is the proof."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

from django.conf import settings
from django.db import transaction

from outreach.core import clock, dates
from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.subscribers import joining, tokens
from outreach.subscribers.addresses import clean_name
from outreach.subscribers.models import Consent, LeaveReason, Subscriber, Subscription

TRACKING = "_tracking"
"""The topic of consents to being counted; that of a newsletter never begins like this."""
LONGEST_PAUSE = timedelta(days=366)
LONGEST_WORDS = 500
_HOW = N_("preferences page")


class Gone(BadInput):
    """The link was made here, and nothing is kept any more about who it was made for."""


@dataclass(frozen=True)
class Wishes:
    """What somebody chose. `topics`: those switched on, and the words that stood beside the switch.

    `shown` are the topics that the page had a switch for: no other is switched off. `tracking` are the words
    that were agreed to; "" when it was not agreed. `had` are the topics whose switch was on when the page was
    opened, TRACKING among them: what is as it was then is no wish. The page may be old, and its reader have
    left since by another way. None where the page does not say.
    """

    topics: Mapping[str, str]
    shown: Set[str]
    name: str = ""
    language: str = settings.LANGUAGE_CODE
    paused_until: datetime | None = None
    tracking: str = ""
    had: Set[str] | None = None
    page: str = ""
    shown_in: str = ""  # the language of all those words


def person(token: str) -> Subscriber:
    """Who a link to choose is for. Raises BadInput: Forged, or Gone."""
    said = tokens.read(token, tokens.PREFERENCES)
    found = Subscriber.objects.filter(pk=said.subscriber_id).first()
    return found or _gone()


@transaction.atomic
def choose(token: str, wishes: Wishes) -> Subscriber:
    """All of `wishes`, or nothing. Raises BadInput (name, language, newsletter), Forged or Gone."""
    said = tokens.read(token, tokens.PREFERENCES)
    subscriber = Subscriber.objects.select_for_update().filter(pk=said.subscriber_id).first() or _gone()
    _describe(subscriber, wishes)
    _agree(subscriber, wishes)
    on = wishes.shown & set(wishes.topics)
    off = wishes.shown - on
    if wishes.had is not None:
        on, off = on - wishes.had, off & wishes.had
    for topic in sorted(off):
        joining.switch_off(subscriber, topic)
    for topic in sorted(on):
        joining.switch_on(
            subscriber,
            topic,
            how=_HOW,
            wording=wishes.topics[topic],
            page=wishes.page,
            language=wishes.shown_in,
        )
    return subscriber


@transaction.atomic
def leave_all(token: str) -> Subscriber:
    """Leave every newsletter, also those that the page did not show. Raises BadInput: Forged or Gone."""
    said = tokens.read(token, tokens.PREFERENCES)
    subscriber = Subscriber.objects.select_for_update().filter(pk=said.subscriber_id).first() or _gone()
    for topic in sorted(receives(subscriber)):
        joining.switch_off(subscriber, topic)
    return subscriber


def give_reason(token: str, why: str, words: str = "") -> None:
    """Why somebody left, for who wants to say so; the newest answer counts. Raises BadInput.

    Answering with nothing is no error and leaves nothing.
    """
    said = tokens.read(token, tokens.REASON)
    words = " ".join(words.replace("\0", "").split())[:LONGEST_WORDS]
    if why not in LeaveReason.Why.values:
        if not words:
            return
        why = LeaveReason.Why.OTHER
    answer = {"why": why, "words": words, "at": clock.now()}
    if who := Subscriber.objects.filter(pk=said.subscriber_id).first():  # else erased meanwhile
        LeaveReason.objects.update_or_create(subscriber=who, topic=said.topic, defaults=answer)


def pause_until(day: str, now: datetime) -> datetime | None:
    """The beginning of `day` (2026-12-31); None for "". Raises BadInput (paused_until)."""
    if not day.strip():
        return None
    try:
        chosen = date.fromisoformat(day.strip())
    except ValueError:
        sentence = say(N_("“%(typed)s” is not a date; write it as 2026-12-31."), typed=day.strip()[:20])
        raise BadInput(sentence, "paused_until") from None
    today = dates.local(now).date()
    if not today < chosen <= today + LONGEST_PAUSE:
        raise BadInput(say(N_("Choose a day after today, at most a year from now.")), "paused_until")
    return dates.midnight(chosen)


def paused(subscriber: Subscriber) -> bool:
    """Whether no newsletter goes to `subscriber` for a while, at their own wish."""
    return subscriber.paused_until is not None and subscriber.paused_until > clock.now()


def masked(address: str) -> str:
    """`address` so that its owner knows it and somebody to whom a mail was forwarded does not."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"


def receives(subscriber: Subscriber) -> set[str]:
    """The topics that `subscriber` hears of."""
    rows = Subscription.objects.filter(subscriber=subscriber)
    return {row.topic for row in rows if row.active}


def _describe(subscriber: Subscriber, wishes: Wishes) -> None:
    if wishes.language not in dict(settings.LANGUAGES):
        raise BadInput(say(N_("Choose a language of the list.")), "language")
    subscriber.name, subscriber.language = clean_name(wishes.name), wishes.language
    subscriber.paused_until = wishes.paused_until
    subscriber.save(update_fields=["name", "language", "paused_until", "sought"])


def _agree(subscriber: Subscriber, wishes: Wishes) -> None:
    """The consent to being counted, with its proof; taking it back is as easy."""
    agreed = bool(wishes.tracking)
    as_it_was = wishes.had is not None and agreed == (TRACKING in wishes.had)
    if as_it_was or agreed == subscriber.tracking:
        return
    subscriber.tracking = agreed
    subscriber.save(update_fields=["tracking"])
    if agreed:
        Consent.objects.create(
            subscriber=subscriber,
            topic=TRACKING,
            at=clock.now(),
            how=_HOW,
            wording=wishes.tracking,
            language=wishes.shown_in,
            page=wishes.page[:500],
        )
    words = N_("Agreed to being counted.") if agreed else N_("Does not agree any more to being counted.")
    record(subscriber, say(words))


def _gone() -> NoReturn:
    raise Gone(say(N_("We keep nothing about this address any more.")), "token")
