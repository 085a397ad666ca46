"""Forgetting a person: everything, in all rooms, except the code that keeps the address from coming back."""

from django.db import transaction

from outreach.core.models import Activity, subject_of
from outreach.newsletters.models import Delivery, Returned
from outreach.newsletters.personal.register import REGISTER
from outreach.subscribers import aliases, lists
from outreach.subscribers.models import (
    ImportFault,
    ImportLine,
    LeaveReason,
    SignUp,
    Subscriber,
)


@transaction.atomic
def erase(person: Subscriber) -> None:
    """Forget `person`. What must stay as a number (an issue went to so many) stays without a person.

    A mail server's own words often hold the address: they go as well.
    """
    person = _held(person)
    Delivery.objects.filter(subscriber=person).update(reply="")
    LeaveReason.objects.filter(subscriber=person).update(words="")
    SignUp.objects.filter(address=person.address).delete()
    Activity.objects.filter(subject=subject_of(person)).delete()
    ImportLine.objects.filter(address_key=person.address_key).delete()
    ImportFault.objects.filter(given__icontains=person.address).delete()
    found = next(kept.of for kept in REGISTER if kept.model is Returned)
    if found:
        found(person).update(words="", origin="")
    lists.erase(person)


def _held(person: Subscriber) -> Subscriber:
    """`person` as the row is now, held; or who stayed, when staff just made two one."""
    rows = Subscriber.objects.select_for_update()
    found = rows.filter(pk=person.pk).first() or rows.filter(pk=aliases.current(person.pk)).first()
    return found or person
