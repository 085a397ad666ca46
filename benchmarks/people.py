"""A hundred thousand subscribers: bringing them in, and what each page costs then; on both databases."""

import io
import os
import time
from collections.abc import Iterator

from benchmarks import ground, pages

LINES, EVERY = 100_000, 20
"""One line of twenty has a fault: 5 %."""
_FAULTS = ("kapot{n}", "", "twee@@voorbeeld{n}.example", "naam{n}@localhost")


def measure() -> Iterator[tuple[str, str]]:
    """Each database in a process of its own."""
    yield from ground.on_both_databases("people", _measured)


def _measured(which: str) -> Iterator[tuple[str, str]]:
    ground.prepare(os.environ.get("OUTREACH_DATABASE_URL", ""))
    from outreach.newsletters import making

    newsletter = making.create("Nieuwsbrief")
    yield from _brought_in(which, newsletter.topic)
    yield from _again_after_leaving(which, newsletter.topic)
    for name, took in pages.costs(newsletter):
        yield f"{which}: {name}", f"{took * 1000:.0f} ms"


def table(lines: int = LINES) -> bytes:
    """A list as an organisation has it; one line of EVERY cannot be used."""
    rows = (_row(number) for number in range(1, lines + 1))
    return ("naam;e-mail;taal;tags\n" + "\n".join(rows) + "\n").encode()


def _row(number: int) -> str:
    address = f"voornaam{number}.peeters@school{number % 997}.example"
    if number % EVERY == 0:
        address = _FAULTS[number // EVERY % len(_FAULTS)].format(n=number)
    tags = "kleuter" if number % 10 == 0 else ""
    return f"Noé Peeters {number};{address};{('nl', 'fr', 'en')[number % 3]};{tags}"


def _brought_in(which: str, topic: str) -> Iterator[tuple[str, str]]:
    from outreach.subscribers import importing

    content, before = table(), _memory()
    job, took = _timed(content, topic)
    faults = [fault.line for fault in importing.faults(job)]
    bad = LINES // EVERY
    assert (job.lines, job.added, job.refused) == (LINES, LINES - bad, bad), vars(job)
    assert faults == [line + 1 for line in range(EVERY, LINES + 1, EVERY)]
    yield f"{which}: {LINES:,} lines looked at and written, 5 % with faults, report exact", took
    yield f"{which}: memory beyond what the migrations took", f"{(_memory() - before) / 1024:.0f} MB"


def _again_after_leaving(which: str, topic: str) -> Iterator[tuple[str, str]]:
    from outreach.subscribers import joining, lists
    from outreach.subscribers.models import Subscriber

    gone = list(Subscriber.objects.order_by("pk")[:100])
    for person in gone:
        joining.leave_by_mail(person, topic)
    job, took = _timed(table(), topic)
    assert (job.added, job.refused) == (0, LINES // EVERY + len(gone)), vars(job)
    assert not lists.recipients(topic).filter(pk__in=[person.pk for person in gone]).exists()
    yield f"{which}: the same list again: nobody of {len(gone)} who left is back", took


def _timed(content: bytes, topic: str):  # type: ignore[no-untyped-def]
    from outreach.core import clock
    from outreach.subscribers import importing, tables

    began, spent = time.perf_counter(), time.process_time()
    promise = importing.Promise("paper", "Op de infodag ingeschreven.")
    job = importing.begin(io.BytesIO(content), topic, promise, language="nl")
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    while importing.import_some(clock.now()):
        pass
    importing.confirm(job)
    while importing.import_some(clock.now()):
        pass
    job.refresh_from_db()
    return job, f"{time.perf_counter() - began:.0f} s ({time.process_time() - spent:.0f} of CPU)"


def _memory() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
