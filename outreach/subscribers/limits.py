"""How often one visitor, and all of them together, may use a sign-up form.

What leaves by mail has limits of its own: three a day for one mailbox (`joining`), so many in an hour for
all mailboxes together (`lid`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db.models import Count, Q
from django.utils.crypto import salted_hmac

from outreach.subscribers.models import Knock


@dataclass(frozen=True)
class Limits:
    """Uses of all forms."""

    visitor_hour: int
    visitor_day: int
    all_hour: int


# A class of thirty may sign up at one time behind one address of their school.
PROVEN = Limits(visitor_hour=40, visitor_day=120, all_hour=1000)
"""With the sum of `puzzles` done."""
PLAIN = Limits(visitor_hour=5, visitor_day=15, all_hour=200)
"""Without it: browsers without scripts, and the plain form on another website."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def allow(network_address: str, now: datetime, *, proven: bool = False) -> bool:
    """Count this use, unless there were too many. Refused uses are not counted.

    Two at the same instant may both be let in as the last one: this guards against floods, not against one.
    """
    visitor, limits = _hashed(network_address), PROVEN if proven else PLAIN
    hour, mine = Q(at__gt=now - _HOUR), Q(visitor=visitor)
    used = Knock.objects.filter(at__gt=now - _DAY, at__lte=now, proven=proven).aggregate(
        visitor_hour=Count("pk", filter=hour & mine),
        visitor_day=Count("pk", filter=mine),
        all_hour=Count("pk", filter=hour),
    )
    if any(used[name] >= most for name, most in vars(limits).items()):
        return False
    Knock.objects.filter(at__lt=now - _DAY).delete()
    Knock.objects.create(visitor=visitor, at=now, proven=proven)
    return True


def _hashed(network_address: str) -> str:
    return salted_hmac(
        "outreach.subscribers.knock", _household(network_address), algorithm="sha256"
    ).hexdigest()


def _household(network_address: str) -> str:
    """One visitor: an IPv4 address, or the /64 in which an IPv6 machine takes new addresses at will."""
    try:
        ip = ip_address(network_address)
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip) if ip.version == 4 else str(ip_network(f"{ip.packed.hex(':', 2)}/64", strict=False))
