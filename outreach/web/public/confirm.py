"""The page behind the link of a confirmation mail."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from outreach.core import dates
from outreach.core.errors import BadInput
from outreach.newsletters import welcoming
from outreach.newsletters.models import Newsletter
from outreach.subscribers import choosing, joining, tokens
from outreach.subscribers.models import Subscriber
from outreach.web.public import pages


# The token is the proof that the request comes from the mailbox; there is no cookie to forge a request with.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it shows a button, because programs that check mail open every link; pressing it confirms."""
    newsletter = None
    try:
        newsletter = pages.newsletter_about(tokens.read(token, tokens.CONFIRM).topic)
        with translation.override(_language(request, newsletter)):
            return _press(request, token, newsletter)
    except tokens.Expired as error:
        return pages.no_good(request, error, pages.newsletter_about(error.topic))
    except BadInput as error:
        return pages.no_good(request, error, newsletter)


def _press(request: HttpRequest, token: str, newsletter: Newsletter | None) -> HttpResponse:
    name = newsletter.name if newsletter else ""
    language = newsletter.language if newsletter else ""
    if request.method == "POST":
        person = _confirm(token, newsletter)
        return pages.say(
            request,
            _("Welcome!"),
            _("From now on you receive “%(newsletter)s”.") % {"newsletter": name},
            _("You get no newsletter until %(day)s.") % {"day": dates.day(person.paused_until)}
            if choosing.paused(person)
            else "",
            _("Enough of it one day? Each mail holds a link that signs you off at once."),
            language=language,
        )
    return pages.ask(
        request,
        name,
        _("You asked to receive “%(newsletter)s”. One click, and it is arranged.") % {"newsletter": name},
        button=_("Yes, sign me up"),
        action=reverse("confirm", args=[token]),
        language=language,
    )


def _confirm(token: str, newsletter: Newsletter | None) -> Subscriber:
    """Who confirmed. Raises BadInput."""
    with transaction.atomic():
        joined = joining.confirm(token)
        if newsletter and not joined.already:
            welcoming.queue(newsletter, joined.subscription.subscriber)
    return joined.subscription.subscriber


def _language(request: HttpRequest, newsletter: Newsletter | None) -> str:
    return pages.language_of(request, newsletter.language if newsletter else "")
