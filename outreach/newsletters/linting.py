"""What is amiss with an issue, before it is sent: the mail itself, and where its links lead."""

from django.conf import settings

from outreach.core.errors import OutreachError
from outreach.core.models import Activity, Organisation, record
from outreach.core.sentences import N_, say
from outreach.newsletters import links
from outreach.newsletters.designs import lint, slots
from outreach.newsletters.designs.lint import Finding, Mail
from outreach.newsletters.designs.rendering import Rendered
from outreach.newsletters.models import Issue


def findings(issue: Issue, rendered: Rendered) -> list[Finding]:
    """All about `issue` as it is `rendered` (with its marks), what stops it first."""
    found = lint.check(
        Mail(
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            leave=slots.marks(issue).unsubscribe_url,
            preferences=slots.marks(issue).preferences_url,
            postal=Organisation.get().postal_address,
            broken=links.broken(issue),
            private=settings.ALLOW_PRIVATE_ADDRESSES,
        )
    )
    if slots.unpaired(issue, rendered.html, rendered.text):
        words = N_("The design opens a choice between readers with and without a name, and does not end it.")
        found.insert(0, Finding("half-a-choice", say(words), stops=True))
    return found


def refuse_what_stops(found: list[Finding]) -> None:
    """Raises OutreachError with what must be mended before the issue may go out."""
    stops = [one.sentence for one in found if one.stops]
    if len(stops) == 1:
        raise OutreachError(stops[0])
    if stops:
        words = N_("%(first)s There is more to mend: look at the issue.")
        raise OutreachError(say(words, first=stops[0]))


def write_down(issue: Issue, found: list[Finding]) -> None:
    """Nobody looked at what goes out by itself: its warnings can be read later."""
    for one in found:
        if not one.stops:
            record(issue, one.sentence, Activity.Level.WARNING, raw=one.place)
