"""A claimed row as a parcel."""

from outreach.mail.couriers import Parcel
from outreach.newsletters.sending.letters import Letters, Reader
from outreach.newsletters.sending.picking import Row


def parcel_of(letters: Letters, row: Row) -> Parcel:
    """Raises Unmailable when none can be written to this reader, another BadInput when none to anybody."""
    return letters.parcel(row.pk, Reader(row.subscriber_id or 0, row.address or "", row.name or ""))
