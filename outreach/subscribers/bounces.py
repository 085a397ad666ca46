"""What a refused mail means for the subscriber it was for."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest

from outreach.core import clock
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.subscribers import lists
from outreach.subscribers.models import Bounce, Subscriber, Subscription, Suppression

_SOFT_DAYS, _WITHIN = 5, timedelta(days=30)


@transaction.atomic
def note_refusal(subscriber: Subscriber, reply: str, kind: str, reason: str = "") -> bool:
    """Write a refusal down (`kind`: a Bounce.Kind). True when the address gets no more mail from now on.

    hard: the mailbox does not exist, so it is never mailed again. soft: never again after refusals on five
    days within thirty (days, because one mail is tried several times). about-us: the server objects to the
    sender, so no subscriber is to blame. `reason` is a word of the rules (mail/bounces/rules.toml).
    """
    now = clock.now()
    Bounce.objects.create(subscriber=subscriber, at=now, kind=kind, reason=reason[:40], reply=reply[:2000])
    if kind == Bounce.Kind.HARD or (kind == Bounce.Kind.SOFT and _soft_days(subscriber, now) >= _SOFT_DAYS):
        _stop(subscriber, reply)
        return True
    return False


@transaction.atomic
def note_complaint(subscriber: Subscriber, words: str) -> None:
    """The reader pressed "this is spam": never mailed again, at once."""
    lists.suppress_key(subscriber.address_key, Suppression.Why.COMPLAINT)
    sentence = say(N_("This reader reported our mail as unwanted. It is not mailed any more."))
    record(subscriber, sentence, Activity.Level.WARNING, raw=words)


@transaction.atomic
def take_back(subscriber: Subscriber, actor: Any = None) -> None:
    """The address may be mailed again: its owner says that the refusal, or the complaint, was a mistake.

    What a mailbox that refused us received before it receives again. Who complained signs up again by
    themselves: nobody can vouch for that.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    keys = [subscriber.address_key, *subscriber.aliases.values_list("address_key", flat=True)]
    barred = lists.barring(keys).exclude(why=Suppression.Why.ERASED)
    wishes = Subscription.objects.filter(lists.ACTIVE, subscriber=subscriber)
    if subscriber.state not in lists.UNREACHABLE and not barred.exists():
        return
    complaints = barred.filter(why=Suppression.Why.COMPLAINT)
    if subscriber.state == Subscriber.State.COMPLAINED or complaints.exists():
        wishes.update(left_at=Greatest(clock.now(), "asked_at"))
    barred.delete()
    subscriber.state = _state_without(subscriber, reads=wishes.exists())
    subscriber.save(update_fields=["state"])
    record(subscriber, say(N_("Staff let this address be mailed again, as its owner asked.")), actor=actor)


def _state_without(subscriber: Subscriber, *, reads: bool) -> str:
    if reads:
        return Subscriber.State.CONFIRMED
    return Subscriber.State.UNSUBSCRIBED if subscriber.confirmed_at else Subscriber.State.PENDING


def _soft_days(subscriber: Subscriber, now: datetime) -> int:
    recent = Bounce.objects.filter(subscriber=subscriber, kind=Bounce.Kind.SOFT, at__gt=now - _WITHIN)
    return len({moment.date() for moment in recent.values_list("at", flat=True)})


def _stop(subscriber: Subscriber, reply: str) -> None:
    lists.suppress_key(subscriber.address_key, Suppression.Why.BOUNCE)
    record(
        subscriber,
        say(N_("The mail server of this address refuses our mail. It is not mailed any more.")),
        Activity.Level.WARNING,
        raw=reply,
    )
