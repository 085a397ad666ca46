"""An issue as people look at it before or after it is mailed: nobody's own link is in it."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from outreach.core.models import Organisation
from outreach.newsletters import approving
from outreach.newsletters.content import pictures
from outreach.newsletters.designs import rendering, slots, trying
from outreach.newsletters.designs.rendering import Rendered
from outreach.newsletters.models import Issue, Newsletter


def preview(issue: Issue) -> Rendered:
    """What readers get; the places that differ from mailbox to mailbox hold an example."""
    return _filled(issue, approving.content(issue))


def in_browser(issue: Issue) -> str:
    """The page for everybody."""
    return _filled(issue, approving.content(issue)).html


def tried(newsletter: Newsletter, design: str) -> Rendered:
    """`newsletter` in `design`, with its own articles where it has some; it need not be stored."""
    return _filled(*trying.tried(newsletter, design))


def pictures_elsewhere(issue: Issue) -> list[str]:
    """The hosts whose pictures `issue` leaves out, because they are not on the newsletter's own websites."""
    entries = [item.entry for item in rendering.shown(issue)]
    return pictures.elsewhere(issue.newsletter, Organisation.get(), entries)


def _filled(issue: Issue, found: Rendered) -> Rendered:
    values = _nobody(issue)
    return Rendered(
        subject=found.subject,
        html=slots.fill_html(found.html, issue, values),
        text=slots.fill_text(found.text, issue, values),
    )


def joining_page(newsletter: Newsletter) -> str:
    """Where one joins: the links to leave and to choose lead there, where no reader is meant."""
    return settings.BASE_URL + reverse("sign-up", args=[newsletter.slug])


def _nobody(issue: Issue) -> slots.Slots:
    """No reader."""
    sign_up = joining_page(issue.newsletter)
    with translation.override(issue.newsletter.language):
        return slots.Slots(
            address=_("(your address)"),
            unsubscribe_url=sign_up,
            preferences_url=sign_up,
        )
