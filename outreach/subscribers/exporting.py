"""Who is on a list, as a CSV file that a spreadsheet opens."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.db.models import QuerySet

from outreach.subscribers.models import Subscription

_HEADER = ("e-mail", "name", "language", "state", "topic", "asked", "confirmed", "left")
_FORMULA = ("=", "+", "-", "@", "\t")


def export_csv(topic: str = "") -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with a byte order mark, `;`), one subscription each; all topics when "".

    What a subscriber typed is never a formula to the spreadsheet that opens the file.
    """
    yield "\ufeff" + _line(_HEADER)
    for row in _rows(topic).iterator(chunk_size=1000):
        person = row.subscriber
        given = (_inert(person.address), _inert(person.name), person.language, person.state, row.topic)
        yield _line((*given, _moment(row.asked_at), _moment(row.confirmed_at), _moment(row.left_at)))


def _rows(topic: str) -> QuerySet[Subscription]:
    rows = Subscription.objects.select_related("subscriber").order_by("subscriber__address_key", "topic")
    return rows.filter(topic=topic) if topic else rows


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _line(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out, delimiter=";").writerow(cells)
    return out.getvalue()
