"""Writing the people of a list that was looked at. Who left since then does not come in either."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction

from outreach.core import clock
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
    while batch := list(job.people.filter(pk__gt=job.written).order_by("pk")[:BATCH]):
        _write(job, claim, batch)
        if not goes_on():
            return
    _finish(job, claim)


@transaction.atomic
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
    advance(job, claim, counts, written=batch[-1].pk)
    ImportFault.objects.bulk_create(faults)
    _add(job, fresh)
    _tag(welcome)


def _hold(people: list[ImportLine]) -> None:
    """Those who are known are ours until the transaction ends: who leaves, is erased or is made one with
    another person at this moment has done so before we ask, or after we wrote. In the order of `merging`.
    """
    rows = Subscriber.objects.filter(address_key__in=[one.address_key for one in people])
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _finish(job: Import, claim: str) -> None:
    """The addresses that were kept for it are thrown away; the report stays."""
    advance(job, claim, state=Import.State.IMPORTED, finished_at=clock.now())
    job.people.all().delete()
    job.pieces.all().delete()
    log.info("imported", id=job.pk, topic=job.topic, lines=job.lines, added=job.added)


def _add(job: Import, people: list[ImportLine]) -> None:
    now = clock.now()
    Subscriber.objects.bulk_create([_subscriber(one, now) for one in people], ignore_conflicts=True)
    rows = Subscriber.objects.filter(address_key__in=[one.address_key for one in people])
    rows.filter(state=Subscriber.State.PENDING).update(state=Subscriber.State.CONFIRMED, confirmed_at=now)
    ids = list(rows.filter(state=Subscriber.State.CONFIRMED).values_list("pk", flat=True))
    wishes = [Subscription(subscriber_id=pk, topic=job.topic, asked_at=now, confirmed_at=now) for pk in ids]
    Subscription.objects.bulk_create(wishes, ignore_conflicts=True)
    # Who asked on the sign-up page and never answered the mail.
    open_wishes = Subscription.objects.filter(subscriber_id__in=ids, topic=job.topic, left_at__isnull=True)
    open_wishes.filter(confirmed_at__isnull=True).update(confirmed_at=now)
    asked = Confirmation.objects.filter(subscription__subscriber__in=ids, subscription__topic=job.topic)
    asked.filter(state=Confirmation.State.QUEUED).update(state=Confirmation.State.CANCELLED)
    Consent.objects.bulk_create([_consent(job, pk, now) for pk in ids])


def _consent(job: Import, subscriber: int, now: datetime) -> Consent:
    return Consent(
        subscriber_id=subscriber,
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
    for word, keys in wanted.items():
        found = Subscriber.objects.filter(address_key__in=keys)
        tagging.put(tagging.tag(word), found.values_list("pk", flat=True))


def _subscriber(person: ImportLine, now: datetime) -> Subscriber:
    return Subscriber(
        address=person.address,
        address_key=person.address_key,
        name=person.name,
        language=person.language,
        state=Subscriber.State.CONFIRMED,
        created_at=now,
        confirmed_at=now,
    )
