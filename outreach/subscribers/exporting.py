"""Who is on a list, as a CSV file that a spreadsheet opens."""

from collections.abc import Iterator
from datetime import datetime

from outreach.core import sheets
from outreach.subscribers.models import Subscriber, Subscription
from outreach.subscribers.searching import Filter

_HEADER = ("e-mail", "name", "language", "state", "topic", "asked", "confirmed", "left", "tags")
_BATCH = 1_000


def export_csv(wanted: Filter | str = "") -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with a byte order mark, `;`), one subscription each; all when "".

    Only subscriptions to the topic, where `wanted` names one. Goes on from the last address, in batches: no
    memory, lock or cursor grows with the list. What a subscriber typed is never a formula to the spreadsheet.
    """
    wanted = Filter(topic=wanted) if isinstance(wanted, str) and wanted else wanted or Filter()
    assert isinstance(wanted, Filter)
    yield sheets.MARK + sheets.line(_HEADER)
    after = ""
    while batch := list(wanted.people().filter(address_key__gt=after).prefetch_related("tags")[:_BATCH]):
        yield _lines(batch, wanted.topic)
        after = batch[-1].address_key


def _lines(people: list[Subscriber], topic: str) -> str:
    rows = Subscription.objects.filter(subscriber__in=[person.pk for person in people]).order_by("topic")
    rows = rows.filter(topic=topic) if topic else rows
    wishes: dict[int, list[Subscription | None]] = {}
    for row in rows:
        wishes.setdefault(row.subscriber_id, []).append(row)
    nothing: list[Subscription | None] = [] if topic else [None]  # somebody who never asked for anything
    return "".join(_line(person, wish) for person in people for wish in wishes.get(person.pk, nothing))


def _line(person: Subscriber, wish: Subscription | None) -> str:
    given = (person.address, person.name, person.language, person.state, wish.topic if wish else "")
    moments = [
        _moment(at) for at in ((wish.asked_at, wish.confirmed_at, wish.left_at) if wish else [None] * 3)
    ]
    return sheets.line((*given, *moments, ", ".join(tag.name for tag in person.tags.all())))


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
