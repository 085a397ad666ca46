"""What a refused mail means for the subscriber it was for."""

from datetime import datetime, timedelta

from django.db import transaction

from outreach.core import clock
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, say
from outreach.subscribers import lists
from outreach.subscribers.models import Bounce, Subscriber, Suppression

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
