"""What is not ours to keep any more. How long is a setting: `settings.KEEP`."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from outreach.subscribers import lists
from outreach.subscribers.models import (
    Bounce,
    Confirmation,
    Consent,
    Knock,
    LeaveReason,
    Subscriber,
    Subscription,
)

_UNREACHABLE = (Subscriber.State.BOUNCED, Subscriber.State.COMPLAINED)


def unconfirmed(now: datetime) -> QuerySet[Subscriber]:
    """Who asked too long ago, was asked back, and never answered."""
    since = now - settings.KEEP["unconfirmed"]
    recent = Confirmation.objects.filter(created_at__gt=since)
    return Subscriber.objects.filter(
        state=Subscriber.State.PENDING, confirmed_at__isnull=True, created_at__lt=since
    ).exclude(pk__in=recent.values("subscription__subscriber"))


def gone(now: datetime) -> QuerySet[Subscriber]:
    """Who left the last newsletter too long ago: to be erased, so that no import brings them back."""
    since = now - settings.KEEP["left"]
    mine = Subscription.objects.filter(subscriber=OuterRef("pk"))
    holds = mine.filter(lists.WAITING | Q(left_at__isnull=True) | Q(left_at__gte=since))
    return Subscriber.objects.filter(Exists(mine), ~Exists(holds), state=Subscriber.State.UNSUBSCRIBED)


def unreachable(now: datetime) -> QuerySet[Subscriber]:
    """Whose mailbox refused us too long ago, for good: to be erased. The suppression stays."""
    theirs = Bounce.objects.filter(subscriber=OuterRef("pk"))
    recent = theirs.filter(at__gte=now - settings.KEEP["bounces"])
    return Subscriber.objects.filter(Exists(theirs), ~Exists(recent), state__in=_UNREACHABLE)


def rows(now: datetime) -> tuple[QuerySet[Any], ...]:
    """What is kept about who is still a reader, and too old."""
    return (
        _consents(now),
        Bounce.objects.filter(at__lt=now - settings.KEEP["bounces"]).exclude(
            subscriber__state__in=_UNREACHABLE  # with them it goes as a whole
        ),
        Confirmation.objects.filter(created_at__lt=now - settings.KEEP["unconfirmed"]).exclude(
            state__in=[Confirmation.State.QUEUED, Confirmation.State.SENDING]
        ),
        LeaveReason.objects.filter(at__lt=now - settings.KEEP["deliveries"]),
        Knock.objects.filter(at__lt=now - settings.KEEP["knocks"]),
    )


def _consents(now: datetime) -> QuerySet[Consent]:
    """Of newsletters that somebody left too long ago, though they read another one."""
    left = Subscription.objects.filter(
        subscriber=OuterRef("subscriber"), topic=OuterRef("topic"), left_at__lt=now - settings.KEEP["left"]
    ).exclude(lists.WAITING)
    return Consent.objects.filter(Exists(left))
