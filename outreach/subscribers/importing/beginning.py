"""What a person does to an import: begin it, say which column is what, agree to it, throw it away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import QuerySet

from outreach.core import clock, dates
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, NOTHING, say
from outreach.subscribers import tables, tagging
from outreach.subscribers.importing import files
from outreach.subscribers.models import Basis, Import

KEPT = timedelta(days=30)
"""A list that was brought in, and its report."""
_UNFINISHED_KEPT = timedelta(days=2)
_State = Import.State


@dataclass(frozen=True)
class Promise:
    """What staff vouch for: how these people said yes (a Basis), to which words, and when."""

    basis: str
    wording: str
    given_on: date | None = None

    def check(self) -> None:
        """Raises BadInput (wording, basis, given_on): without it there is no proof of consent."""
        if not self.wording.strip():
            raise BadInput(
                say(N_("Say what these people agreed to, in the words that were used.")), "wording"
            )
        if self.basis not in Basis.values:
            known = ", ".join(Basis.values)
            raise BadInput(say(N_("Say how these people said yes; one of: %(known)s."), known=known), "basis")
        if self.given_on and self.given_on > dates.local(clock.now()).date():
            raise BadInput(say(N_("The day on which they said yes cannot lie ahead.")), "given_on")


@transaction.atomic
def begin(
    stream: BinaryIO,
    topic: str,
    promise: Promise,
    *,
    title: str = "",
    file_name: str = "",
    language: str,
    tags: str = "",
    most: int = 0,
) -> Import:
    """Keep the file of a list for `topic`, and guess its columns. Nothing is looked at before `lay_out`.

    `language` is for those whose line names none, `tags` (with commas) are for all, `most` is how many bytes
    are taken. Raises BadInput (basis, wording, given_on, tags, file).
    """
    promise.check()
    job = Import(
        topic=topic,
        title=title or topic,
        file_name=file_name[:200],
        language=language,
        tags=tagging.words(tags),
        basis=promise.basis,
        given_on=promise.given_on,
        wording=promise.wording,
    )
    job.save()
    files.keep(job, stream, most)
    with files.opened(job) as kept:
        job.layout = tables.guess(kept).to_json()
    job.save(update_fields=["layout", "file_lines"])
    return job


@transaction.atomic
def lay_out(job: Import, layout: tables.Layout) -> None:
    """The columns are these: look at all lines, from the first. Raises BadInput (address)."""
    if not layout.columns.address:
        raise BadInput(say(N_("Say which column holds the e-mail addresses.")), "address")
    rows = Import.objects.filter(pk=job.pk, state__in=[_State.COLUMNS, _State.LOOKED, _State.LOOKING])
    # A worker that looks at it now loses its claim, and with it what it has not committed.
    fresh: dict[str, Any] = dict.fromkeys(("at_line", "lines", "usable", "refused", "tries"), 0)
    fresh |= {"claim": "", "lease_until": None, "reason": NOTHING}
    if not rows.update(state=_State.LOOKING, layout=layout.to_json(), **fresh):
        raise BadInput(say(N_("This list is being imported already.")), "file")
    job.people.all().delete()
    job.faults.all().delete()
    job.refresh_from_db()


def confirm(job: Import) -> bool:
    """A person saw what would happen and agrees. False when it was agreed to before."""
    rows = Import.objects.filter(pk=job.pk, state=_State.LOOKED)
    return bool(rows.update(state=_State.IMPORTING, claim="", lease_until=None, tries=0))


def drop(job: Import) -> None:
    """Forget a list. Who has come in by it stays. Raises BadInput while it is being imported."""
    with transaction.atomic():  # held, for another page may agree to it at this moment
        rows = Import.objects.select_for_update().filter(pk=job.pk)
        if rows.filter(state=_State.IMPORTING).exists():
            raise BadInput(say(N_("This list is being imported already.")), "file")
        rows.delete()


def over(now: datetime) -> QuerySet[Import]:
    """Imports whose file or report nobody will look at again: they hold addresses."""
    old = Import.objects.filter(created_at__lt=now - KEPT)
    unfinished = Import.objects.filter(
        created_at__lt=now - _UNFINISHED_KEPT, state__in=[_State.COLUMNS, _State.LOOKED, _State.FAILED]
    )
    return (old | unfinished).exclude(state=_State.IMPORTING)
