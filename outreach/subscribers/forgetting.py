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
    Suppression,
)


def unconfirmed(now: datetime) -> QuerySet[Subscriber]:
    """Who asked too long ago, was asked back, and never answered."""
    since = now - settings.KEEP["unconfirmed"]
    recent = Confirmation.objects.filter(created_at__gt=since)
    return Subscriber.objects.filter(
        state=Subscriber.State.PENDING, confirmed_at__isnull=True, created_at__lt=since
    ).exclude(pk__in=recent.values("subscription__subscriber"))


def gone(now: datetime) -> QuerySet[Subscriber]:
    """Who left the last newsletter too long ago: to be erased, so that no import brings them back.

    A stranger may have typed their address in a form since: that holds them as long as it could be confirmed.
    """
    since = now - settings.KEEP["left"]
    mine = Subscription.objects.filter(subscriber=OuterRef("pk"))
    holds = mine.filter(_hopeful(now) | Q(left_at__isnull=True) | Q(left_at__gte=since))
    return Subscriber.objects.filter(Exists(mine), ~Exists(holds), state=Subscriber.State.UNSUBSCRIBED)


def unreachable(now: datetime) -> QuerySet[Subscriber]:
    """Whose mailbox refused us too long ago, for good: to be erased. The suppression stays."""
    theirs = Bounce.objects.filter(subscriber=OuterRef("pk"))
    recent = theirs.filter(at__gte=now - settings.KEEP["bounces"])
    return Subscriber.objects.filter(Exists(theirs), ~Exists(recent), state__in=lists.UNREACHABLE)


def complained(now: datetime) -> list[Subscriber]:
    """Who called our mail unwanted too long ago, and of whom nothing ever came back: as above.

    Only the code of the address tells when that was.
    """
    theirs = Bounce.objects.filter(subscriber=OuterRef("pk"))
    people = Subscriber.objects.filter(~Exists(theirs), state__in=lists.UNREACHABLE)
    old = Suppression.objects.filter(at__lt=now - settings.KEEP["bounces"])
    codes = set(old.values_list("address_hash", flat=True).iterator())
    return [one for one in people.iterator() if codes.intersection(lists.fingerprints(one.address_key))]


def rows(now: datetime) -> tuple[QuerySet[Any], ...]:
    """What is kept about who is still a reader, and too old."""
    return (
        _unanswered(now),
        _consents(now),
        _consents_to_nothing(),
        Bounce.objects.filter(at__lt=now - settings.KEEP["bounces"]).exclude(
            subscriber__state__in=lists.UNREACHABLE  # with them it goes as a whole
        ),
        Confirmation.objects.filter(created_at__lt=now - settings.KEEP["unconfirmed"]).exclude(
            state__in=[Confirmation.State.QUEUED, Confirmation.State.SENDING]
        ),
        LeaveReason.objects.filter(at__lt=now - settings.KEEP["deliveries"]),
        Knock.objects.filter(at__lt=now - settings.KEEP["knocks"]),
    )


def _unanswered(now: datetime) -> QuerySet[Subscription]:
    """What was asked for with the address of a reader of something else, and never confirmed."""
    since = now - settings.KEEP["unconfirmed"]
    recent = Confirmation.objects.filter(subscription=OuterRef("pk"), created_at__gt=since)
    asked = Subscription.objects.filter(confirmed_at__isnull=True, left_at__isnull=True, asked_at__lt=since)
    return asked.exclude(subscriber__state=Subscriber.State.PENDING).exclude(Exists(recent))


def _consents(now: datetime) -> QuerySet[Consent]:
    """Of newsletters that somebody left too long ago, though they read another one."""
    left = Subscription.objects.filter(
        subscriber=OuterRef("subscriber"), topic=OuterRef("topic"), left_at__lt=now - settings.KEEP["left"]
    ).exclude(_hopeful(now))
    return Consent.objects.filter(Exists(left))


def _consents_to_nothing() -> QuerySet[Consent]:
    """Of what was asked for and is forgotten."""
    wish = Subscription.objects.filter(subscriber=OuterRef("subscriber"), topic=OuterRef("topic"))
    return Consent.objects.exclude(topic__startswith="_").exclude(Exists(wish))


def _hopeful(now: datetime) -> Q:
    """A wish that waits for its confirmation, and may still get it."""
    return lists.WAITING & Q(asked_at__gte=now - settings.KEEP["unconfirmed"])
