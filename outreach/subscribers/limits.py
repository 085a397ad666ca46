"""How often one visitor, and all of them together, may use a sign-up form."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.utils.crypto import salted_hmac

from outreach.subscribers.models import Knock

# A class of thirty may sign up at one time behind one address of their school.
PER_VISITOR, ALL_TOGETHER = 40, 1000
_HOUR, _KEPT = timedelta(hours=1), timedelta(days=1)


def allow(network_address: str, now: datetime) -> bool:
    """Count this use, unless there were too many in the last hour. Refused uses are not counted.

    Two at the same instant may both be let in as the last one: this guards against floods, not against one.
    """
    visitor = _hashed(network_address)
    recent = Knock.objects.filter(at__gt=now - _HOUR, at__lte=now)
    if recent.filter(visitor=visitor).count() >= PER_VISITOR or recent.count() >= ALL_TOGETHER:
        return False
    Knock.objects.filter(at__lt=now - _KEPT).delete()
    Knock.objects.create(visitor=visitor, at=now)
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
    return str(ip) if ip.version == 4 else str(ip_network(f"{ip.packed.hex(':', 2)}/64", strict=False))
