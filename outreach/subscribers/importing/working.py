"""The step that works on imports: some seconds of one list."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from outreach.core import leases
from outreach.core.errors import OutreachError
from outreach.subscribers.importing import looking, writing
from outreach.subscribers.importing.holding import LostClaim
from outreach.subscribers.models import Import

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=3)
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
    if claim := leases.claim(due.filter(pk=job.pk, state=job.state), now, _LEASE):
        job.refresh_from_db()  # between our look and our claim another may have gone on with it
        _work(job, claim)
    return True


def _work(job: Import, claim: str) -> None:
    ends = time.monotonic() + _BOX
    rows = Import.objects.filter(pk=job.pk)
    try:
        _WORK[job.state](job, claim, lambda: time.monotonic() < ends)
    except LostClaim:
        log.info("import-lost", id=job.pk)
    except OutreachError as error:
        leases.settle(rows, claim, state=_State.FAILED, reason=error.sentence)
        log.warning("import-failed", id=job.pk, why=str(error))
    else:
        leases.settle(rows, claim)
