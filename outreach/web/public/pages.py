"""What every public page shares: the language, the frame, and what to say when a link is no good."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _

from outreach.core import templating
from outreach.core.errors import BadInput
from outreach.core.models import Organisation
from outreach.newsletters.models import Newsletter

# Links hold tokens: they are not kept by a proxy, told to another site, or found by a search engine.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    language: str = "",
    status: int = HTTPStatus.OK,
    private: bool = True,
) -> HttpResponse:
    """The page `template` in the language that the visitor chose, else in `language`."""
    active = language_of(request, language)
    organisation = Organisation.get()
    frame = {
        "organisation": organisation,
        "language": active,
        "languages": settings.LANGUAGES,
        "look": organisation.accent.removeprefix("#"),
        "private": private,
    }
    page = templating.render(f"public/{template}.html", frame | dict(context), active)
    headers = {"Content-Language": active} | (PRIVATE if private else {})
    return HttpResponse(page, status=status, headers=headers)


def say(
    request: HttpRequest,
    title: str,
    *sentences: str,
    language: str = "",
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    """A page that tells something. `more`: button and action (a form), or link and link_words."""
    context = {"title": title, "sentences": [s for s in sentences if s], **more}
    return show(request, "said", context, language=language, status=status)


def ask(
    request: HttpRequest, title: str, *sentences: str, button: str, action: str, language: str = ""
) -> HttpResponse:
    """A page with one button; opening it does nothing."""
    context = {"title": title, "sentences": sentences, "button": button, "action": action, "primary": True}
    return show(request, "said", context, language=language)


def kept(request: HttpRequest, response: HttpResponse, seconds: int = 300) -> HttpResponse:
    """`response`, which everybody may keep for so long; who has it already hears that it is unchanged."""
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    patch_cache_control(response, public=True, max_age=seconds)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def missing(request: HttpRequest) -> HttpResponse:
    """404. The staff's own page for it would set a cookie."""
    with translation.override(language_of(request)):
        sentence = _("It may have been removed, or the address may have a typing error.")
        return say(request, _("This page is not here"), sentence, status=HTTPStatus.NOT_FOUND)


def no_good(request: HttpRequest, error: BadInput, newsletter: Newsletter | None = None) -> HttpResponse:
    """A link that does not work (any more), with the way on when there is one."""
    with translation.override(language_of(request, newsletter.language if newsletter else "")):
        more: dict[str, Any] = {}
        if newsletter:
            more = {"link": ("sign-up", newsletter.slug), "link_words": _("To the sign-up page")}
        return say(request, _("This link does not work"), str(error), status=HTTPStatus.NOT_FOUND, **more)


def language_of(request: HttpRequest, default: str = "") -> str:
    """The language in the address (`?lang=fr`), else `default`, else the organisation's."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else default or settings.LANGUAGE_CODE


def newsletter_about(topic: str) -> Newsletter | None:
    """The newsletter of `topic`; None when it was deleted since."""
    return Newsletter.objects.filter(topic=topic).first()


def visitor(request: HttpRequest) -> str:
    """The network address that a request came from; our own proxy's word for it when there is one."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
