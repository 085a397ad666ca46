"""Writing the people of a list that was looked at. Who left since then does not come in either."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet

from outreach.core import clock, copying
from outreach.core.keyed import by_keys, count_anew
from outreach.subscribers import tagging
from outreach.subscribers.importing import judging
from outreach.subscribers.importing.holding import advance
from outreach.subscribers.importing.looking import BATCH
from outreach.subscribers.models import (
    Confirmation,
    Consent,
    Import,
    ImportFault,
    ImportLine,
    Subscriber,
    Subscription,
)

log = structlog.get_logger(__name__)


def write(job: Import, claim: str, goes_on: Callable[[], bool]) -> None:
    """Write the people behind the last one, while `goes_on`. Raises LostClaim."""
    while _write_some(job, claim):
        if not goes_on():
            return
    _finish(job, claim)
    count_anew(Subscriber, Subscription)


@transaction.atomic
def _write_some(job: Import, claim: str) -> bool:
    """False when everybody is written."""
    _take_turns()
    by_keys()
    batch = list(job.people.filter(pk__gt=job.written).order_by("pk")[:BATCH])
    if batch:
        _write(job, claim, batch)
    return bool(batch)


def _write(job: Import, claim: str, batch: list[ImportLine]) -> None:
    _hold(batch)
    judging.rename(batch)
    known = judging.known(batch, job.topic)
    faults, welcome = [], []
    for one in batch:
        if objection := known.objection(one):
            faults.append(judging.fault(job, one.line, one.address, objection))
        else:
            welcome.append(one)
    # Two of the list may have become one person since the look.
    apart = {one.address_key: one for one in reversed(welcome)}.values()
    fresh = [one for one in apart if one.address_key not in known.receiving]
    counts = {"passed": len(batch), "added": len(fresh), "refused": len(faults)}
    advance(job, claim, counts, written=batch[-1].pk, tries=0)
    ImportFault.objects.bulk_create(faults)
    _add(job, fresh, [one.pk for one in fresh if one.address_key not in known.subscribers])
    _tag(welcome)


def _take_turns() -> None:
    """Two lists at once may hold the same people: each batch sees what those of the other list wrote."""
    under_way = Import.objects.filter(state=Import.State.IMPORTING).order_by("pk")
    list(under_way.select_for_update().values_list("pk", flat=True))


def _hold(people: list[ImportLine]) -> None:
    """Those who are known are ours until the transaction ends: who leaves, is erased or is made one with
    another person at this moment has done so before we ask, or after we wrote. In the order of `merging`.
    """
    rows = Subscriber.objects.filter(address_key__in=[one.address_key for one in people])
    # Not in one: to have them in this order, PostgreSQL would go through everybody.
    found = list(rows.order_by().values_list("pk", flat=True))
    held = Subscriber.objects.select_for_update().filter(pk__in=found).order_by("pk")
    list(held.values_list("pk", flat=True))


@transaction.atomic
def _finish(job: Import, claim: str) -> None:
    """The addresses that were kept for it are thrown away; the report stays."""
    advance(job, claim, state=Import.State.IMPORTED, finished_at=clock.now())
    job.people.all().delete()
    job.pieces.all().delete()
    log.info("imported", id=job.pk, topic=job.topic, lines=job.lines, added=job.added)


def _add(job: Import, people: list[ImportLine], strangers: list[int]) -> None:
    """Make `people` readers; those of the lines `strangers` were not subscribers yet."""
    now = clock.now()
    _make_subscribers(strangers, now)
    ids = _confirmed([one.address_key for one in people], now)
    rows = Subscriber.objects.filter(pk__in=ids)
    wish = Subscription(topic=job.topic, asked_at=now, confirmed_at=now)
    if copying.copy(rows, wish, subscriber_id="pk") < len(ids):
        _answer(Subscription.objects.filter(subscriber__in=ids, topic=job.topic), now)
    copying.copy(rows, _consent(job, now), subscriber_id="pk")


def _answer(wishes: QuerySet[Subscription], now: datetime) -> None:
    """Who asked on the sign-up page and did not answer the mail yet need not."""
    wishes.filter(left_at__isnull=True, confirmed_at__isnull=True).update(confirmed_at=now)
    asked = Confirmation.objects.filter(subscription__in=list(wishes.values_list("pk", flat=True)))
    asked.filter(state=Confirmation.State.QUEUED).update(state=Confirmation.State.CANCELLED)


def _make_subscribers(lines: list[int], now: datetime) -> None:
    blank = Subscriber(state=Subscriber.State.CONFIRMED, created_at=now, confirmed_at=now)
    same = ("address", "address_key", "name", "language", "sought")
    copying.copy(ImportLine.objects.filter(pk__in=lines), blank, **{name: name for name in same})


def _confirmed(keys: list[str], now: datetime) -> list[int]:
    """The subscribers with these addresses who are confirmed, or are so now."""
    rows = Subscriber.objects.filter(address_key__in=keys).order_by()
    states = dict(rows.values_list("pk", "state"))
    pending = [pk for pk, state in states.items() if state == Subscriber.State.PENDING]
    Subscriber.objects.filter(pk__in=pending, state=Subscriber.State.PENDING).update(
        state=Subscriber.State.CONFIRMED, confirmed_at=now
    )
    return [*pending, *(pk for pk, state in states.items() if state == Subscriber.State.CONFIRMED)]


def _consent(job: Import, now: datetime) -> Consent:
    return Consent(
        topic=job.topic,
        at=now,
        how="import",
        wording=job.wording,
        basis=job.basis,
        given_on=job.given_on,
    )


def _tag(people: list[ImportLine]) -> None:
    wanted: dict[str, list[str]] = {}
    for one in people:
        for word in one.tags:
            wanted.setdefault(word, []).append(one.address_key)
    tagged = {key for keys in wanted.values() for key in keys}
    rows = Subscriber.objects.filter(address_key__in=tagged).order_by()
    numbers = dict(rows.values_list("address_key", "pk"))
    for word, keys in sorted(wanted.items(), key=lambda one: tagging.key(one[0])):
        tagging.put(tagging.tag(word), [numbers[key] for key in keys if key in numbers])
