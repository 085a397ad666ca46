"""Leaving: by the mail program's own button (RFC 8058), or by a page with one button."""

from datetime import timedelta

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.newsletters.models import Newsletter
from outreach.subscribers import choosing, joining, tokens
from outreach.subscribers.models import Subscription
from outreach.web import reasons
from outreach.web.public import pages

_UNDO_FOR = timedelta(hours=1)
_UNREADABLE = (
    MultiPartParserError,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
    UnreadablePostError,
)


# RFC 8058, 3.2: the POST comes without cookies or any other context, and must not be redirected.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """POST leaves at once. GET only shows a button: mail scanners open every link of a mail."""
    try:
        said = tokens.read(token, tokens.UNSUBSCRIBE)
    except BadInput as error:
        return pages.no_good(request, error)
    newsletter = pages.newsletter_about(said.topic)
    with translation.override(_language(request, newsletter)):
        if request.method == "POST":
            subscription = joining.leave(token).subscription
            if _is_one_click(request):
                return HttpResponse("unsubscribed\n", content_type="text/plain; charset=utf-8")
            return _left(request, newsletter, subscription)
        subscription = _subscription(said)
        if subscription is None or not subscription.active:
            return _left(request, newsletter, subscription)
        return _button(request, newsletter, token)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """ "I changed my mind", for an hour."""
    newsletter = None
    try:
        newsletter = pages.newsletter_about(tokens.read(token, tokens.UNDO).topic)
        with translation.override(_language(request, newsletter)):
            return _stay(request, newsletter, token)
    except tokens.Expired as error:
        return pages.no_good(request, error, pages.newsletter_about(error.topic))
    except BadInput as error:
        return pages.no_good(request, error, newsletter)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, token: str) -> HttpResponse:
    """Why somebody left, told afterwards by who wants to. Nothing depends on it."""
    try:
        newsletter = pages.newsletter_about(tokens.read(token, tokens.REASON).topic)
        if request.method == "POST":
            choosing.give_reason(token, request.POST.get("why", ""), request.POST.get("words", ""))
    except BadInput as error:
        return pages.no_good(request, error)
    with translation.override(_language(request, newsletter)):
        language = newsletter.language if newsletter else ""
        sentence = _("You do not receive “%(newsletter)s” any more.") % {"newsletter": _name(newsletter)}
        title = _("Thank you") if request.method == "POST" else _("You have left")
        return pages.say(request, title, sentence, language=language)


def _button(request: HttpRequest, newsletter: Newsletter | None, token: str) -> HttpResponse:
    return pages.ask(
        request,
        _("Unsubscribe"),
        _("You receive “%(newsletter)s”. One click, and you do not any more.")
        % {"newsletter": _name(newsletter)},
        button=_("Unsubscribe"),
        action=reverse("unsubscribe", args=[token]),
        language=newsletter.language if newsletter else "",
    )


def _left(
    request: HttpRequest, newsletter: Newsletter | None, subscription: Subscription | None
) -> HttpResponse:
    """What can be done now, each behind a link of its own; none of it is needed."""
    gone = subscription is not None and subscription.left_at is not None
    context = {
        "name": _name(newsletter),
        "undo": tokens.undo_token(subscription)
        if newsletter and subscription and _may_be_undone(subscription)
        else "",
        "reason": tokens.reason_token(subscription) if subscription and gone else "",
        "reasons": list(reasons.WORDS.items()),
        "preferences": tokens.preferences_token(subscription.subscriber) if subscription else "",
    }
    return pages.show(request, "left", context, language=newsletter.language if newsletter else "")


def _stay(request: HttpRequest, newsletter: Newsletter | None, token: str) -> HttpResponse:
    language = newsletter.language if newsletter else ""
    button, title = _("No, keep sending it"), _("Changed your mind?")
    sentence = _("You keep receiving “%(newsletter)s”.") % {"newsletter": _name(newsletter)}
    if request.method != "POST":
        action = reverse("unsubscribe-undo", args=[token])
        return pages.ask(request, title, sentence, button=button, action=action, language=language)
    joining.undo(token, f"{button}. {sentence}")
    return pages.say(request, _("You are back"), sentence, language=language)


def _is_one_click(request: HttpRequest) -> bool:
    """Whether a mail program asks, not a person. A body that cannot be read has left all the same."""
    try:
        return request.POST.get("List-Unsubscribe") == "One-Click"
    except _UNREADABLE:
        return True


def _may_be_undone(subscription: Subscription) -> bool:
    left_at = subscription.left_at
    return left_at is not None and bool(subscription.confirmed_at) and clock.now() - left_at < _UNDO_FOR


def _subscription(said: tokens.Token) -> Subscription | None:
    return Subscription.objects.filter(subscriber_id=said.subscriber_id, topic=said.topic).first()


def _name(newsletter: Newsletter | None) -> str:
    return newsletter.name if newsletter else _("this newsletter")


def _language(request: HttpRequest, newsletter: Newsletter | None) -> str:
    return pages.language_of(request, newsletter.language if newsletter else "")
