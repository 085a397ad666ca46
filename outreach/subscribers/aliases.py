"""Who was two people once: what goes to the row that is gone reaches the one that stayed."""

from outreach.subscribers.addresses import Address
from outreach.subscribers.models import Alias


def current(number: int) -> int:
    """The subscriber that `number`, of an old link or a returned mail, stands for now."""
    return Alias.objects.filter(was=number).values_list("subscriber", flat=True).first() or number


def known_as(normal: Address) -> Address:
    """The address under which whoever has `normal` is known."""
    found = Alias.objects.filter(address_key=normal.key).select_related("subscriber").first()
    return Address(found.subscriber.address, found.subscriber.address_key) if found else normal
