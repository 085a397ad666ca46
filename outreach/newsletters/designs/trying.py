"""A design looked at before it is chosen: with the newsletter's own articles, or with an example."""

from datetime import timedelta

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from outreach.core import clock, dates
from outreach.feeds.models import Entry, Event
from outreach.newsletters.content import digest
from outreach.newsletters.designs import rendering
from outreach.newsletters.designs.rendering import Rendered
from outreach.newsletters.models import Issue, Newsletter


def tried(newsletter: Newsletter, design: str) -> tuple[Issue, Rendered]:
    """What `newsletter` would look like in `design`, and as which issue. Neither need be stored."""
    newsletter.design = design
    last = _last_issue(newsletter)
    if last is not None:
        last.newsletter = newsletter
        return last, rendering.of_issue(last)
    with translation.override(newsletter.language):
        entries = _waiting(newsletter) or example()
        subject = rendering.subject_for(newsletter.name, entries)
        issue = Issue(newsletter=newsletter, slot=clock.now(), subject=subject)
    return issue, rendering.of_entries(issue, entries)


def example() -> list[Entry]:
    """Articles and events of a school that is nowhere, in the active language."""
    children = _("Children who are read to in both do better in both.")
    mentors = _("What a school may expect of a mentor, and the other way round.")
    first = _article(_("Reading aloud in two languages"), children)
    first.image_url = settings.BASE_URL + static("outreach/example.png")
    return [
        first,
        _article(_("A new guide for mentors"), mentors),
        _article(_("Mathematics with your hands"), _("Twelve lessons about shapes, tried in six schools.")),
        _article(_("The annual report is there"), _("Nineteen projects in figures and pictures.")),
        _event(_("Open day"), 9, _("School hall")),
        _event(_("Workshop: the first month in front of a class"), 16, ""),
    ]


def _last_issue(newsletter: Newsletter) -> Issue | None:
    held = newsletter.issues.exclude(state=Issue.State.SKIPPED) if newsletter.pk else Issue.objects.none()
    found = held.filter(items__isnull=False).first()
    return found if found and rendering.shown(found) else None


def _waiting(newsletter: Newsletter) -> list[Entry]:
    """What its next issue would hold."""
    if not newsletter.pk:
        return []
    found = digest.gather(newsletter, clock.now(), fresh=True)
    return [*found.articles, *found.agenda]


def _article(title: str, summary: str) -> Entry:
    return Entry(title=title, summary=summary, link="https://www.example.org/", first_seen_at=clock.now())


def _event(title: str, days: int, place: str) -> Entry:
    day = dates.local(clock.now() + timedelta(days=days)).replace(hour=14, minute=0, second=0, microsecond=0)
    entry = _article(title, "")
    entry.event = Event(entry=entry, starts_at=day, place=place)
    return entry
