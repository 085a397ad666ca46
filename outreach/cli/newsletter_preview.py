"""What a newsletter of some entries would be."""

from typing import Any

from django.utils.translation import gettext as _

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.feeds.models import Entry
from outreach.newsletters.content import digest
from outreach.newsletters.designs import rendering
from outreach.newsletters.models import Issue, Newsletter


def of(name: str, entries: list[Entry], language: str) -> dict[str, Any]:
    """Subject and sections, and the whole text as it would be mailed; nothing is stored."""
    now = clock.now()
    found = digest.sort(entries, now)
    chosen = [*found.articles, *found.agenda]
    issue = Issue(
        newsletter=Newsletter(name=name, language=language),
        slot=now,
        subject=rendering.subject_for(name, chosen),
    )
    return {
        "subject": issue.subject,
        "sections": [
            {"title": title, "entries": [entry.title or entry.link for entry in part]}
            for title, part in ((_("Articles"), found.articles), (_("Agenda"), found.agenda))
            if part
        ],
        "text": rendering.of_entries(issue, chosen, Organisation(name=name)).text if chosen else "",
    }
