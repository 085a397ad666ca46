"""Addresses that somebody typed and nobody confirmed are not ours to keep."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from outreach.subscribers.models import Confirmation, Subscriber

_KEPT = timedelta(days=30)


def unconfirmed(now: datetime) -> QuerySet[Subscriber]:
    """Who asked more than thirty days ago, was asked back, and never answered."""
    recent = Confirmation.objects.filter(created_at__gt=now - _KEPT)
    return Subscriber.objects.filter(
        state=Subscriber.State.PENDING, confirmed_at__isnull=True, created_at__lt=now - _KEPT
    ).exclude(pk__in=recent.values("subscription__subscriber"))
