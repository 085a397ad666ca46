"""Who is on a list, as a CSV file that a spreadsheet opens."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from outreach.core import sheets
from outreach.subscribers.models import Subscription

_HEADER = ("e-mail", "name", "language", "state", "topic", "asked", "confirmed", "left")


def export_csv(topic: str = "") -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with a byte order mark, `;`), one subscription each; all topics when "".

    What a subscriber typed is never a formula to the spreadsheet that opens the file.
    """
    yield sheets.MARK + sheets.line(_HEADER)
    for row in _rows(topic).iterator(chunk_size=1000):
        person = row.subscriber
        given = (person.address, person.name, person.language, person.state, row.topic)
        yield sheets.line((*given, _moment(row.asked_at), _moment(row.confirmed_at), _moment(row.left_at)))


def _rows(topic: str) -> QuerySet[Subscription]:
    rows = Subscription.objects.select_related("subscriber").order_by("subscriber__address_key", "topic")
    return rows.filter(topic=topic) if topic else rows


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
