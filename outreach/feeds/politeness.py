"""One question at a time to each website."""

from datetime import datetime

from django.db.models import QuerySet

from outreach.feeds.models import Source


def asked_now(now: datetime) -> QuerySet[Source, str]:
    """Websites that another worker is asking for a feed at this moment."""
    return Source.objects.filter(lease_until__gte=now).values_list("site", flat=True)
