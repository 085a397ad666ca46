"""The step that works on imports: some seconds of one list."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db.models import F

from outreach.core import leases
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, say
from outreach.subscribers.importing import looking, writing
from outreach.subscribers.importing.holding import LostClaim
from outreach.subscribers.models import Import

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=3)
_MOST_TRIES = 5
_BOX = 4.0  # seconds: another list, or a page that asks how far it is, need not wait long
_State = Import.State
_WORK: dict[str, Callable[[Import, str, Callable[[], bool]], None]] = {
    _State.LOOKING: looking.look,
    _State.IMPORTING: writing.write,
}


def import_some(now: datetime, only: int = 0) -> bool:
    """Go on with a list (`only` that one) for some seconds. False when there is none to go on with.

    Each batch is one transaction, which also says how far it is; undone when the claim was lost meanwhile.
    """
    due = Import.objects.filter(leases.free(now) & leases.among("state", tuple(_WORK)))
    due = due.filter(pk=only) if only else due
    job = due.order_by("created_at", "pk").first()
    if job is None:
        return False
    rows = due.filter(pk=job.pk, state=job.state)
    if claim := leases.claim(rows, now, _LEASE, tries=F("tries") + 1):
        job.refresh_from_db()  # between our look and our claim another may have gone on with it
        _work(job, claim)
    return True


def _work(job: Import, claim: str) -> None:
    rows = Import.objects.filter(pk=job.pk)
    try:
        _stop_if_hopeless(job)
        _WORK[job.state](job, claim, _box())
    except LostClaim:
        log.info("import-lost", id=job.pk)
    except OutreachError as error:
        leases.settle(rows, claim, state=_State.FAILED, reason=error.sentence)
        log.warning("import-failed", id=job.pk, why=str(error))
    else:
        leases.settle(rows, claim)


def _stop_if_hopeless(job: Import) -> None:
    if job.tries > _MOST_TRIES:
        words = N_(
            "It broke off %(count)s times behind line %(line)s. Who was added stays added. "
            "Bring the list in once more; if that fails too, ask who looks after the server."
        )
        raise OutreachError(say(words, count=_MOST_TRIES, line=job.at_line))


def _box() -> Callable[[], bool]:
    """Whether there is time for another batch. It counts from the first batch on.

    Behind a million lines it takes longer to come to the next one than a box is long: the work gets as much
    time as the way to it took.
    """
    began, ends = time.monotonic(), 0.0

    def goes_on() -> bool:
        nonlocal ends
        now = time.monotonic()
        ends = ends or now + max(_BOX, now - began)
        return now < ends

    return goes_on
