"""Forgetting a person: everything, in all rooms, except the code that keeps the address from coming back."""

from django.db import transaction

from outreach.core.models import Activity, subject_of
from outreach.newsletters.models import Delivery
from outreach.newsletters.personal import finding
from outreach.subscribers import aliases, lists
from outreach.subscribers.models import LeaveReason, Subscriber


@transaction.atomic
def erase(person: Subscriber) -> None:
    """Forget `person`, so that no list brings them back. Harmless to repeat.

    What must stay as a number (an issue went to so many) stays without a person.
    """
    if found := _cleaned(person):
        lists.erase(found)


@transaction.atomic
def forget(person: Subscriber) -> None:
    """The same without the code: who never said yes may stand in a list of people who did."""
    if found := _cleaned(person):
        found.delete()


def _cleaned(person: Subscriber) -> Subscriber | None:
    """`person`, locked, with nothing left that would outlive the row; None when they are gone already.

    A mail server's own words often hold the address: they go as well.
    """
    found = _held(person)
    if found is None:
        return None
    Delivery.objects.filter(subscriber=found).update(reply="")
    LeaveReason.objects.filter(subscriber=found).update(words="")
    Activity.objects.filter(subject=subject_of(found)).delete()
    finding.returned(found).update(words="", origin="")
    for rows in (finding.sign_ups, finding.import_lines, finding.import_faults):
        rows(found).delete()
    return found


def _held(person: Subscriber) -> Subscriber | None:
    """`person` as the row is now, held; or who stayed, when staff just made two one."""
    rows = Subscriber.objects.select_for_update()
    return rows.filter(pk=person.pk).first() or rows.filter(pk=aliases.current(person.pk)).first()
