"""The events of an issue as files for people's calendars: where the mail says "into my calendar"."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from outreach.feeds import agenda, events, presence
from outreach.feeds.models import Event
from outreach.newsletters.models import Issue, IssueEntry

_MAILED = (Issue.State.APPROVED, Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT)


def of_event(entry: int, now: datetime) -> bytes:
    """The event of the entry with this number; b"" when there is none that everybody may know of.

    What was mailed may be known, also when it is over; what the website took away is in no calendar.
    """
    rows = Event.objects.filter(entry=entry, trust__in=events.BELIEVED, **presence.there("entry__"))
    event = rows.select_related("entry__source").first()
    if event is None or not (_was_mailed(entry) or event in agenda.public(now)):
        return b""
    return agenda.of([event], event.entry.title)


def of_issue(issue: Issue) -> bytes:
    """All events of `issue`, by their start; b"" while it is not approved, or without any."""
    if issue.state not in _MAILED:
        return b""
    rows = Event.objects.filter(trust__in=events.BELIEVED, **presence.there("entry__"))
    rows = rows.filter(entry__issue_items__issue=issue, entry__issue_items__left_out=False)
    found = list(rows.select_related("entry__source").order_by("starts_at", "pk"))
    with translation.override(issue.newsletter.language):
        name = _("Agenda of %(name)s") % {"name": issue.newsletter.name}
    return agenda.of(found, name) if found else b""


def _was_mailed(entry: int) -> bool:
    items = IssueEntry.objects.filter(entry=entry, left_out=False, issue__state__in=_MAILED)
    return items.exists()
