"""Looking at the lines of a list: who would come in is kept, what is wrong is written down."""

from collections.abc import Callable
from contextlib import closing
from itertools import islice

from django.db import transaction

from outreach.core.errors import BadInput
from outreach.core.keyed import by_keys
from outreach.subscribers import tables
from outreach.subscribers.importing import files, judging
from outreach.subscribers.importing.holding import advance
from outreach.subscribers.models import Import, ImportFault, ImportLine

BATCH = 500  # people per transaction: small enough that sign-ups meanwhile need not wait


def look(job: Import, claim: str, goes_on: Callable[[], bool]) -> None:
    """Look at the lines behind the last one, while `goes_on`. Raises LostClaim."""
    with files.opened(job) as stream:
        layout = tables.Layout.from_json(job.layout)
        with closing(tables.rows(stream, layout, job.at_line)) as rows:
            while batch := list(islice(rows, BATCH)):
                _look_at(job, claim, batch)
                if not goes_on():
                    return
    advance(job, claim, state=Import.State.LOOKED)


@transaction.atomic
def _look_at(job: Import, claim: str, batch: list[tables.Row]) -> None:
    by_keys()
    people, faults = _read(job, batch)
    fresh, objections = _sorted(job, people)
    faults += objections
    usable = sum(not one.known for one in fresh)
    counts = {"lines": len(batch), "usable": usable, "refused": len(faults)}
    advance(job, claim, counts, at_line=batch[-1].last, tries=0)
    ImportLine.objects.bulk_create(fresh)
    ImportFault.objects.bulk_create(faults)


def _read(job: Import, batch: list[tables.Row]) -> tuple[list[ImportLine], list[ImportFault]]:
    people, faults = [], []
    for row in batch:
        try:
            people.append(judging.person(row, job))
        except BadInput as error:
            faults.append(judging.fault(job, row.line, row.address, error.sentence))
    judging.rename(people)
    return people, faults


def _sorted(job: Import, people: list[ImportLine]) -> tuple[list[ImportLine], list[ImportFault]]:
    """Those who may come in, each address once (or get new tags), and the objections to the others."""
    known = judging.known(people, job.topic)
    seen = _seen(job, people)
    fresh, faults = [], []
    for one in people:
        if objection := known.objection(one):
            faults.append(judging.fault(job, one.line, one.address, objection))
            continue
        one.known = one.address_key in known.receiving
        if one.address_key not in seen and (one.tags or not one.known):
            fresh.append(one)
            seen.add(one.address_key)
    return fresh, faults


def _seen(job: Import, people: list[ImportLine]) -> set[str]:
    """Which addresses stand in an earlier batch. By address alone: by job, all of its lines are read."""
    rows = ImportLine.objects.filter(address_key__in=[one.address_key for one in people])
    return {key for key, of in rows.values_list("address_key", "job") if of == job.pk}
