"""A letter of staff on the command line: written, and to whom it goes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

if TYPE_CHECKING:
    from outreach.newsletters.models import Issue, Newsletter
    from outreach.subscribers.models import Segment


def write(newsletter: "Newsletter", segment: str, subject: str, words: str) -> "Issue":
    """Begin a letter, with the subject and the words (Markdown in a file; "-" is standard input) if given."""
    from django.db import transaction

    from outreach.newsletters import issues

    typed = _read(words) if words else ""
    with transaction.atomic():
        issue = issues.write_letter(newsletter, _segment(segment))
        if subject or typed:
            issues.change(issue, subject=subject or issue.subject, intro=typed)
    return issue


def choose(issue: "Issue", segment: str) -> None:
    """Let the letter go to `segment`, or with "" to all readers."""
    from outreach.newsletters import audience

    audience.choose(issue, _segment(segment))
    output.done(told(issue), **data(issue))


def told(issue: "Issue") -> str:
    """To whom it goes, by which rules, and how many that is."""
    from outreach.newsletters import audience

    chosen = audience.of(issue)
    if not chosen.name:
        return str(say(audience.ALL))
    if chosen.trouble:
        return str(chosen.trouble)
    values = {"name": chosen.name, "count": _count(issue), "rules": "; ".join(map(str, chosen.words))}
    return _("To the segment “%(name)s” (%(rules)s): %(count)s.") % values


def data(issue: "Issue") -> dict[str, Any]:
    """The same for a machine."""
    from outreach.newsletters import audience

    chosen, found = audience.of(issue), _count(issue)
    return {
        "id": issue.pk,
        "letter": issue.letter,
        "segment": chosen.name,
        "rules": chosen.rules.wanted(),
        "readers": found.readers,
        "of": found.total,
        "public": issue.public,
    }


def _count(issue: "Issue") -> Any:
    from outreach.newsletters import audience

    chosen = audience.of(issue)
    return audience.Count(chosen.readers, chosen.total) if chosen.total else audience.count(issue, chosen)


def _segment(name: str) -> "Segment | None":
    from outreach.subscribers.models import Segment

    return finding.one(Segment.objects.all(), name, "segment", "name") if name else None


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeError):
        raise BadInput(say(N_("“%(file)s” cannot be read as text."), file=file), "words") from None
