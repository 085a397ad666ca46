"""A tag for everybody whom a search finds, however many: a thousand at a time, by a worker."""

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from outreach.core import leases
from outreach.subscribers import tagging
from outreach.subscribers.importing.holding import LostClaim, advance
from outreach.subscribers.models import Subscriber, Tagging
from outreach.subscribers.searching import Filter

log = structlog.get_logger(__name__)

KEPT = timedelta(days=2)
"""What was searched for may be somebody's address."""
BATCH = 1_000
MOST = 10_000
"""Looked for at once: to find who reads a newsletter goes through all its readers each time."""
_LEASE = timedelta(minutes=3)
_BOX = 4.0  # seconds
_State = Tagging.State


def begin(wanted: Filter, word: str, *, off: bool = False) -> Tagging:
    """The tag `word` is to be put on all whom `wanted` finds, or taken `off`. Raises BadInput (tags)."""
    newest = Subscriber.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Tagging.objects.create(word=tagging.one(word), off=off, wanted=wanted.wanted(), until=newest)


def tag_some(now: datetime, only: int = 0, *, most: int = MOST) -> bool:
    """Go on with a tagging (`only` that) for some seconds, with `most` people. False when none is due."""
    due = Tagging.objects.filter(leases.free(now) & leases.among("state", (_State.WORKING,)))
    due = due.filter(pk=only) if only else due
    job = due.order_by("created_at", "pk").first()
    if job is None:
        return False
    if claim := leases.claim(due.filter(pk=job.pk), now, _LEASE):
        job.refresh_from_db()  # between our look and our claim another may have gone on with it
        _work(job, claim, most)
    return True


def over(now: datetime) -> QuerySet[Tagging]:
    """Taggings that nobody looks at any more."""
    return Tagging.objects.filter(created_at__lt=now - KEPT)


def _work(job: Tagging, claim: str, most: int) -> None:
    ends = time.monotonic() + _BOX
    # One more than are tagged: so the last batch knows that it is the last.
    keys = list(_left(job).values_list("pk", flat=True)[: most + 1])
    try:
        for first in range(0, max(len(keys[:most]), 1), BATCH):
            batch = keys[first : min(first + BATCH, most)]
            _tag(job, claim, batch, over=first + len(batch) == len(keys))
            if time.monotonic() > ends:
                break
        if job.state == _State.WORKING and not job.total:
            advance(job, claim, total=job.done + _left(job).count())
    except LostClaim:
        log.info("tagging-lost", id=job.pk)
    leases.settle(Tagging.objects.filter(pk=job.pk), claim)


@transaction.atomic
def _tag(job: Tagging, claim: str, people: list[int], *, over: bool) -> None:
    state = _State.DONE if over else _State.WORKING
    advance(job, claim, {"done": len(people)}, last=people[-1] if people else job.until, state=state)
    if people:
        tagging.change(people, job.word, off=job.off)
    if job.off and over:
        tagging.tidy(job.word)


def _left(job: Tagging) -> QuerySet[Subscriber]:
    # By number: what is put on or taken off changes who is found, but nobody behind us.
    people = Filter.read(job.wanted).people().filter(pk__gt=job.last, pk__lte=job.until)
    if job.off:  # of who has it: so many people are then said to have lost it
        people = people.filter(pk__in=Subscriber.objects.filter(tags__key=tagging.key(job.word)).values("pk"))
    return people.order_by("pk")
