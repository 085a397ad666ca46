"""Bringing in a list as a person and the tick do it together."""

import io
from typing import BinaryIO

from outreach.core import clock
from outreach.subscribers import importing, tables
from outreach.subscribers.models import Import

WORDING = "Signed up on paper at the open day."
PAPER = importing.Promise("paper", WORDING)


def begun(content: str | bytes | BinaryIO, topic: str = "news", tags: str = "") -> Import:
    data = content.encode() if isinstance(content, str) else content
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    return importing.begin(stream, topic, PAPER, language="nl", tags=tags)


def work() -> None:
    while importing.import_some(clock.now()):
        pass


def looked_at(content: str | bytes | BinaryIO, topic: str = "news", tags: str = "") -> Import:
    job = begun(content, topic, tags)
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    work()
    job.refresh_from_db()
    return job


def bring_in(content: str | bytes | BinaryIO, topic: str = "news", tags: str = "") -> Import:
    job = looked_at(content, topic, tags)
    assert importing.confirm(job)
    work()
    job.refresh_from_db()
    return job


def faults(job: Import) -> list[tuple[int, str]]:
    return [(fault.line, str(fault.sentence)) for fault in importing.faults(job)]
