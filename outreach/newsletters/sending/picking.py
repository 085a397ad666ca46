"""Which deliveries of an issue are next, with all that is known of each: one statement."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import lists
from outreach.subscribers.models import Subscriber

_State = Delivery.State
WAITING = (_State.QUEUED, _State.DEFERRED, _State.UNKNOWN)
"""Deliveries that are still to go out. In the order of the index `delivery_due`."""


class Row(NamedTuple):
    """One delivery, with what it was before it was claimed."""

    pk: int
    subscriber_id: int | None
    address: str | None
    name: str | None
    hears: bool
    handed_at: datetime | None
    repeated: bool
    attempts: int
    reply: str


def pick(issue: Issue, now: datetime, most: int) -> list[Row]:
    """Up to `most` rows, locked until the transaction ends; none when the issue is not going out any more."""
    leave_doubtful = issue.newsletter.on_unknown == issue.newsletter.OnUnknown.LEAVE
    statement, words = _statement(issue.newsletter.topic, leave_doubtful)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*words, issue.pk, connection.ops.adapt_datetimefield_value(now), most])
        return [
            row if row.handed_at is None else _with_time(row) for row in map(Row._make, cursor.fetchall())
        ]


def _statement(topic: str, leave_doubtful: bool) -> tuple[str, tuple[Any, ...]]:
    """Made anew for each chunk: who pauses until this moment is among the words."""
    chosen, words = lists.recipients(topic).order_by().values(chosen=F("pk")).query.sql_with_params()
    waiting = "', '".join(WAITING)  # written out, for the partial index: see `leases.among`
    doubtful = f" AND d.state <> '{_State.UNKNOWN.value}'" if leave_doubtful else ""
    lock = " FOR UPDATE OF d SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = (
        "SELECT d.id, d.subscriber_id, s.address, s.name,"  # noqa: S608
        f" EXISTS (SELECT 1 FROM ({chosen}) AS reader WHERE reader.chosen = d.subscriber_id),"
        " d.handed_at, d.repeated, d.attempts, d.reply"
        f" FROM {_table(Delivery)} AS d JOIN {_table(Issue)} AS i ON i.id = d.issue_id"
        f" LEFT JOIN {_table(Subscriber)} AS s ON s.id = d.subscriber_id"
        f" WHERE i.id = %s AND i.state = '{Issue.State.SENDING.value}'"
        f" AND d.state IN ('{waiting}') AND d.due_at <= %s{doubtful} ORDER BY d.due_at, d.id LIMIT %s{lock}"
    )
    return statement, words


def _table(model: type[Delivery] | type[Issue] | type[Subscriber]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _with_time(row: Row) -> Row:
    """SQLite gives a text."""
    field = Delivery._meta.get_field("handed_at")
    value: Any = row.handed_at
    for convert in connection.ops.get_db_converters(field.get_col("d")):
        value = convert(value, field, connection)
    return row._replace(handed_at=value)
