"""The report of an import: each line that was not taken, and why."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.core import sheets
from outreach.subscribers.models import Import, ImportFault

_BATCH = 1_000


def faults(job: Import) -> Iterator[ImportFault]:
    """Every line that was not taken, in the order of the file; as many as there are, a thousand at a time."""
    last = 0
    while batch := list(job.faults.filter(line__gt=last).order_by("line")[:_BATCH]):
        yield from batch
        last = batch[-1].line


def report_csv(job: Import) -> Iterator[str]:
    """The same as the lines of a CSV file (see core.sheets), in the language of who asks."""
    return _lines(job, get_language())


def _lines(job: Import, language: str | None) -> Iterator[str]:
    # The web server reads it after the page's language is gone.
    with translation.override(language):
        yield sheets.MARK + sheets.line((_("Line"), _("Given"), _("Why")))
    for fault in faults(job):
        with translation.override(language):
            text = sheets.line((str(fault.line), fault.given, str(fault.sentence)))
        yield text
