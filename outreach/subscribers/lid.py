"""So many mails that ask for confirmation leave in an hour, to all mailboxes together.

Without it, a program that types a thousand strangers' addresses in our form would have us mail them all, and
the mail providers would take us for the spammer. What does not leave now leaves later; when a whole hour's
number waits, the forms take no more, so that nobody waits long.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from outreach.core import leases
from outreach.subscribers.models import Confirmation, SignUp

_HOUR = timedelta(hours=1)
_OPEN = ("queued", "sending")


def on(now: datetime) -> bool:
    """Whether the number of this hour has left. Two workers at one instant may send one more."""
    recent = Confirmation.objects.filter(handed_at__gt=now - _HOUR, handed_at__lte=now)
    left = recent.aggregate(once=Count("pk"), again=Count("pk", filter=Q(repeated=True)))
    return bool(left["once"] + left["again"] >= settings.CONFIRMATIONS_PER_HOUR)


def full(now: datetime) -> bool:
    """Whether a whole hour's number waits besides: no form takes more now."""
    return on(now) and waiting() >= settings.CONFIRMATIONS_PER_HOUR


def waiting() -> int:
    """How many mails wait, or will."""
    return Confirmation.objects.filter(leases.among("state", _OPEN)).count() + SignUp.objects.count()
