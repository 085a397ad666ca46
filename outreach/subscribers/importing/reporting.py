"""The report of an import: each line that was not taken, and why."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.core import sheets
from outreach.subscribers.models import Import, ImportFault

_BATCH = 1_000


def faults(job: Import) -> Iterator[ImportFault]:
    """Every line that was not taken, in the order of the file; as many as there are, a thousand at a time."""
    for batch in _batches(job.faults.all()):
        yield from batch


def report_csv(job: Import) -> Iterator[str]:
    """The same as the lines of a CSV file (see core.sheets), in the language of who asks."""
    return _lines(job, get_language())


def _lines(job: Import, language: str | None) -> Iterator[str]:
    # The web server reads it after the page's language is gone.
    with translation.override(language):
        yield sheets.MARK + sheets.line((_("Line"), _("Given"), _("Why")))
    for batch in _batches(job.faults.values_list("line", "given", "sentence", named=True)):
        with translation.override(language):
            lines = [sheets.line((str(one.line), one.given, str(one.sentence))) for one in batch]
        yield "".join(lines)


def _batches(rows: QuerySet[ImportFault, Any]) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(line__gt=last).order_by("line")[:_BATCH]):
        yield batch
        last = batch[-1].line
