"""An approved issue begins to go out: one row of the ledger per reader, before the first byte leaves."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet

from outreach.core import leases
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, Sentence, say, say_many
from outreach.newsletters import audience
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import lists
from outreach.subscribers.models import Subscriber
from outreach.subscribers.searching import Numbers

_LEASE = timedelta(minutes=10)
_BATCH = 5_000


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
        try:
            total = _write_ledger(issue, now)
        except OutreachError as error:  # a letter whose rules are not known any more
            _leave_it_to_a_person(issue, claim, error.sentence)
        else:
            _begin(issue, claim, total, now)
    return True


def _write_ledger(issue: Issue, now: datetime) -> int:
    """A delivery for each of its readers, in batches: neither memory nor a transaction grows with them."""
    chosen, last = audience.of(issue), 0
    # In batches of all readers: looking for the next thousands of a segment would go through it each time.
    everybody = lists.recipients(issue.newsletter.topic).order_by("pk").values_list("pk", flat=True)
    while ends := _end_of_batch(everybody.filter(pk__gt=last)):
        _insert(issue, audience.readers(issue, chosen, Numbers(last, ends)), now)
        last = ends
    return issue.deliveries.count()


def _end_of_batch(readers: QuerySet[Subscriber, int]) -> int | None:
    some = readers[_BATCH - 1 : _BATCH]
    return next(iter(some), None) or readers.last()


def _insert(issue: Issue, readers: QuerySet[Subscriber], now: datetime) -> None:
    """One statement, in which no row travels to us and back. Rows that are there already stay."""
    blank = Delivery(issue=issue, due_at=now)
    fields = [one for one in Delivery._meta.concrete_fields if one.name not in ("id", "subscriber")]
    given = [one.get_db_prep_save(one.pre_save(blank, add=True), connection) for one in fields]
    chosen, words = readers.order_by().values(chosen=F("pk")).query.sql_with_params()
    quote = connection.ops.quote_name
    names, places = ", ".join(quote(str(one.column)) for one in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Delivery._meta.db_table)} (subscriber_id, {names})"  # noqa: S608
            f" SELECT reader.chosen, {places} FROM ({chosen}) AS reader WHERE true ON CONFLICT DO NOTHING",
            [*given, *words],
        )


def _begin(issue: Issue, claim: str, total: int, now: datetime) -> None:
    rows = Issue.objects.filter(pk=issue.pk, state=Issue.State.APPROVED)
    if not total:
        nobody = _nobody(issue)
        if leases.settle(rows, claim, state=Issue.State.SENT, started_at=now, finished_at=now, reason=nobody):
            record(issue, nobody, "warning")
        return
    if leases.settle(rows, claim, state=Issue.State.SENDING, started_at=now):
        record(
            issue, say_many("It goes out to %(count)s reader.", "It goes out to %(count)s readers.", total)
        )
    elif Issue.objects.filter(pk=issue.pk, state=Issue.State.CANCELLED).exists():
        Delivery.objects.filter(issue=issue).update(state=Delivery.State.SUPPRESSED)


def _nobody(issue: Issue) -> Sentence:
    if name := audience.of(issue).name:
        return say(N_("It went to nobody: no reader is in the segment “%(name)s” any more."), name=name)
    return say(N_("Nobody has signed up for it yet."))


def _leave_it_to_a_person(issue: Issue, claim: str, why: Sentence) -> None:
    """Tried again for ever it would hold up all others."""
    rows = Issue.objects.filter(pk=issue.pk, state=Issue.State.APPROVED)
    if leases.settle(rows, claim, state=Issue.State.PAUSED, reason=why):
        record(issue, why, "trouble")
