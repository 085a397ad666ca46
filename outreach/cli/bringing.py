"""`outreach subscribers import|tag`: a list from its file to its report, with a bar while it is worked on."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

if TYPE_CHECKING:
    from outreach.newsletters.models import Newsletter
    from outreach.subscribers.importing import Promise
    from outreach.subscribers.models import Import, Tagging
    from outreach.subscribers.tables import Layout

_LOOK_AGAIN = 0.2  # seconds, while another worker has it
_NAMED = 1_000  # lines that are named on the screen; --report has all


def day(text: str) -> date | None:
    """The day that `text` names. Raises BadInput (given_on)."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(say(N_("Write the day like 2026-12-01.")), "given_on") from None


def begin(stream: BinaryIO, name: str, newsletter: "Newsletter", promise: "Promise", tags: str) -> "Import":
    """Keep the file. Raises BadInput."""
    from outreach.subscribers import importing

    return importing.begin(
        stream,
        newsletter.topic,
        promise,
        title=newsletter.name,
        file_name=name,
        language=newsletter.language,
        tags=tags,
    )


def writable(report: Path | None) -> None:
    """Make the file of the report, while nothing has happened yet. Raises BadInput."""
    try:
        if report:
            report.touch()
    except OSError as error:
        sentence = say(N_("%(path)s cannot be written: %(why)s."), path=str(report), why=error.strerror or "")
        raise BadInput(sentence, "report") from None


def bring_in(
    job: "Import", columns: list[str], delimiter: str, report: Path | None, *, dry_run: bool
) -> None:
    """Look at it and, without `dry_run`, import it; then say how that went. Raises BadInput."""
    from outreach.subscribers import importing

    try:
        importing.lay_out(job, _layout(job, columns, delimiter))
    except BadInput:
        job.delete()
        raise
    _work(job, _("Looking"))
    if not dry_run and job.state == job.State.LOOKED:
        importing.confirm(job)
        _work(job, _("Importing"))
    _say(job, report, dry_run=dry_run)
    if dry_run:
        job.delete()


def _layout(job: "Import", columns: list[str], delimiter: str) -> "Layout":
    from outreach.subscribers import tables
    from outreach.subscribers.importing import files

    with files.opened(job) as stream:
        layout = tables.guess(stream, "\t" if delimiter in {"tab", "\\t"} else delimiter)
        names, _rows = tables.sample(stream, layout)
    return replace(layout, columns=tables.columns(_roles(columns, names))) if columns else layout


def _roles(columns: list[str], names: list[str]) -> dict[int, str]:
    return dict(_role(column, [name.casefold() for name in names]) for column in columns)


def _role(column: str, names: list[str]) -> tuple[int, str]:
    from outreach.subscribers.tables import ROLES

    name, _, role = column.rpartition("=")
    place = name.strip().casefold()
    known = names.index(place) if place in names else int(place) - 1 if place.isdecimal() else -1
    if role not in ROLES or not 0 <= known < len(names):
        words = N_("“%(column)s” is no column; write its name or number and one of %(roles)s: 2=address.")
        raise BadInput(say(words, column=column, roles=", ".join(ROLES)), "column")
    return known, role


def _work(job: "Import", title: str) -> None:
    """Drive the step until this list waits for somebody."""
    from outreach.subscribers.importing import import_some

    _drive(job, title, import_some, {job.State.LOOKING, job.State.IMPORTING}, lambda: _far(job))
    if job.state == job.State.FAILED:
        raise BadInput(job.reason, "file")


def tag(job: "Tagging") -> None:
    """Drive a tagging to its end."""
    from outreach.subscribers.marking import tag_some

    _drive(job, job.word, tag_some, {job.State.WORKING}, lambda: (job.done, job.total or None))


def _drive(
    job: "Import | Tagging",
    title: str,
    step: Callable[[datetime, int], bool],
    moving: set[Any],
    far: Callable[[], tuple[int, int | None]],
) -> None:
    """Do `step` while the state is among `moving`, with a bar; another worker may be at it too."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from outreach.core import clock

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True),
        disable=output.wants_json() or not sys.stderr.isatty(),
    )
    job.refresh_from_db()
    with bar:
        task = bar.add_task(title, total=None)
        while job.state in moving:
            if not step(clock.now(), job.pk):
                time.sleep(_LOOK_AGAIN)
            job.refresh_from_db()
            done, total = far()
            bar.update(task, total=total, completed=done)


def _far(job: "Import") -> tuple[int, int]:
    if job.state == job.State.LOOKING:
        return job.at_line, job.file_lines
    return (job.passed, job.people.count() or 1) if job.state == job.State.IMPORTING else (1, 1)


def _say(job: "Import", report: Path | None, *, dry_run: bool) -> None:
    from outreach.subscribers import importing

    counts: dict[str, Any] = {
        "lines": job.lines,
        "added": job.usable if dry_run else job.added,
        "known": job.known,
    }
    said = _("Lines: %(lines)s; added: %(added)s; known already: %(known)s; refused: %(refused)s.")
    refused = [
        {"line": fault.line, "sentence": str(fault.sentence)}
        for fault in (importing.faults(job) if output.wants_json() else job.faults.order_by("line")[:_NAMED])
    ]
    output.done(said % {**counts, "refused": job.refused}, **counts, refused=refused)
    if report:
        with report.open("w", encoding="utf-8") as file:
            file.writelines(importing.report_csv(job))
    if not output.wants_json():
        for row in refused:
            print(_("Line %(line)s: %(sentence)s") % row, file=sys.stderr)
