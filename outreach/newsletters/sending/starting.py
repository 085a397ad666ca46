"""An approved issue begins to go out: one row of the ledger per reader, before the first byte leaves."""

from datetime import datetime, timedelta

from outreach.core import leases
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, say, say_many
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import lists

_LEASE = timedelta(minutes=10)
_BATCH = 1_000


def start_one(now: datetime) -> bool:
    """Start one approved issue whose moment has come. False when there is none.

    Killed half-way, it is done again when the lease has run out: rows that are there already stay.
    """
    due = Issue.objects.filter(leases.free(now), state=Issue.State.APPROVED, send_at__lte=now)
    issue = due.select_related("newsletter").order_by("send_at", "pk").first()
    if issue is None:
        return False
    claim = leases.claim(due.filter(pk=issue.pk), now, paced(_LEASE))
    if claim:
        total = _write_ledger(issue, now)
        _begin(issue, claim, total, now)
    return True


def _write_ledger(issue: Issue, now: datetime) -> int:
    """A delivery for each of its readers, in batches: neither memory nor a transaction grows with them."""
    readers, last = lists.recipients(issue.newsletter.topic).order_by("pk").values_list("pk", flat=True), 0
    while True:
        ends = readers.filter(pk__gt=last)[_BATCH - 1 : _BATCH].first() or readers.filter(pk__gt=last).last()
        if not ends:
            return issue.deliveries.count()
        _insert(issue, readers.filter(pk__gt=last, pk__lte=ends), now)
        last = ends


def _insert(issue: Issue, readers: QuerySet[Subscriber, int], now: datetime) -> None:
    """One statement, in which no row travels to us and back. Rows that are there already stay."""
    values = {
        "state": Delivery.State.QUEUED,
        "due_at": now,
        "attempts": 0,
        "repeated": False,
        "claim": "",
        "reply": "",
        "issue_id": issue.pk,
    }
    columns = [Delivery._meta.get_field(name.removesuffix("_id")) for name in values]
    given = [field.get_db_prep_save(values[field.attname], connection) for field in columns]
    chosen, words = readers.order_by().query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    places = ", ".join([_place(field) for field in columns])
    table = connection.ops.quote_name(Delivery._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (subscriber_id, {names})"  # noqa: S608 (our own names)
            f" SELECT reader.id, {places} FROM ({chosen}) AS reader(id) WHERE true ON CONFLICT DO NOTHING",
            [*given, *words],
        )


def _begin(issue: Issue, claim: str, total: int, now: datetime) -> None:
    rows = Issue.objects.filter(pk=issue.pk, state=Issue.State.APPROVED)
    if not total:
        nobody = say(N_("Nobody has signed up for it yet."))
        if leases.settle(rows, claim, state=Issue.State.SENT, started_at=now, finished_at=now, reason=nobody):
            record(issue, nobody, "warning")
        return
    if leases.settle(rows, claim, state=Issue.State.SENDING, started_at=now):
        record(
            issue, say_many("It goes out to %(count)s reader.", "It goes out to %(count)s readers.", total)
        )
    elif Issue.objects.filter(pk=issue.pk, state=Issue.State.CANCELLED).exists():
        Delivery.objects.filter(issue=issue).update(state=Delivery.State.SUPPRESSED)
