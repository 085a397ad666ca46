"""A claimed row as a parcel."""

from outreach.mail.couriers import Parcel
from outreach.newsletters.sending.claiming import Row
from outreach.newsletters.sending.letters import Letters, Reader


def parcel_of(letters: Letters, row: Row) -> Parcel:
    """Raises BadInput when no mail can be made."""
    return letters.parcel(row.pk, Reader(row.subscriber_id or 0, row.address or "", row.name or ""))
