"""The sign-up page of a newsletter, and the plain form that another website can hold."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import Organisation
from outreach.newsletters import archiving
from outreach.newsletters.models import Newsletter
from outreach.subscribers import addresses, lid, limits, puzzles, taking_up, wordings
from outreach.web.public import pages

_AS_TYPED = "as-typed"


# No CSRF token: other websites may post here, there is no cookie to abuse, and all that a forged post can do
# is what anybody can do: have one mail sent that asks "was it you?".
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, or take it."""
    newsletter = Newsletter.objects.filter(slug=slug, active=True).first()
    if newsletter is None:
        return pages.missing(request)
    with translation.override(_language(request, newsletter)):
        return _take(request, newsletter) if request.method == "POST" else _form(request, newsletter)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Look in your mailbox": the same whoever asked."""
    newsletter = Newsletter.objects.filter(slug=slug).first()
    if newsletter is None:
        return pages.missing(request)
    with translation.override(_language(request, newsletter)):
        return pages.say(
            request,
            _("Look in your mailbox"),
            _("We sent you a mail. Open the link in it, and you receive “%(newsletter)s”.")
            % {"newsletter": newsletter.name},
            _("No mail after a few minutes? Look in the folder for unwanted mail, or try again."),
            language=newsletter.language,
            link=("sign-up", slug),
            link_words=_("Try again"),
        )


@require_safe
def snippet(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as HTML to copy into one's own website."""
    newsletter = Newsletter.objects.filter(slug=slug, active=True).first()
    if newsletter is None:
        return pages.missing(request)
    language = _language(request, newsletter)
    with translation.override(language):
        address = f"{settings.BASE_URL}{reverse('sign-up', args=[slug])}?lang={language}"
        context = {"newsletter": newsletter, "address": address, **_words(newsletter)}
        return pages.show(request, "snippet", context, language=newsletter.language)


def wording(newsletter: Newsletter) -> str:
    """What a visitor agrees to: shown above the button, and kept as the proof."""
    return _(
        "Yes, send me “%(newsletter)s” of %(organisation)s by e-mail. "
        "I can leave whenever I want, with the link in each mail."
    ) % {"newsletter": newsletter.name, "organisation": Organisation.get().name}


def _words(newsletter: Newsletter) -> dict[str, str]:
    """What the form shows, and the same sealed."""
    shown = wording(newsletter)
    return {"wording": shown, "words": wordings.sealed(shown, newsletter.topic)}


def _take(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    if request.POST.get("website"):  # people do not see this field; programs that fill in forms do
        return _done(request, newsletter)
    address, chosen = _address(request), request.POST.get("use", "")
    try:
        normal = addresses.normalise(address)
        addresses.clean_name(request.POST.get("name", ""))
        if not chosen and (meant := addresses.likely(normal.address)):
            return _form(request, newsletter, meant=meant)
        return _let_in(request, newsletter, address)
    except BadInput as error:
        return _form(request, newsletter, error=error)


def _address(request: HttpRequest) -> str:
    """What was typed, or what a button offered instead of it."""
    chosen = request.POST.get("use", "")
    return chosen if "@" in chosen else request.POST.get("address", "")


def _let_in(request: HttpRequest, newsletter: Newsletter, address: str) -> HttpResponse:
    """Whoever the address belongs to, the same is done here. Raises BadInput."""
    now = clock.now()
    given, solution = request.POST.get("challenge", ""), request.POST.get("solution", "")
    if lid.full(now):
        return _too_many(request, newsletter)
    proven = puzzles.spend(given, solution, newsletter.topic, now)
    if not limits.allow(pages.visitor(request), now, proven=proven):
        return _too_many(request, newsletter) if proven else _once_more(request, newsletter)
    _write_down(request, newsletter, address)
    return _done(request, newsletter)


def _write_down(request: HttpRequest, newsletter: Newsletter, address: str) -> None:
    elsewhere = request.POST.get("via") == "website"
    own_page = settings.BASE_URL + reverse("sign-up", args=[newsletter.slug])
    taking_up.write_down(
        newsletter.topic,
        address,
        name=request.POST.get("name", ""),
        language=_language(request, newsletter),
        wording=wordings.opened(request.POST.get("words", ""), newsletter.topic) or wording(newsletter),
        page=_elsewhere(request) if elsewhere else own_page,
        how="form on a website" if elsewhere else "sign-up page",
        title=newsletter.name,
    )


def _elsewhere(request: HttpRequest) -> str:
    """The page of another website that holds the form: as it was when we asked something in between."""
    given = request.POST.get("page", "") or request.headers.get("Referer", "")
    # It is kept as part of a proof: what is no address of a page says nothing, and no column takes a NUL.
    return given if given.startswith(("https://", "http://")) and given.isprintable() else ""


def _form(
    request: HttpRequest,
    newsletter: Newsletter,
    *,
    meant: str = "",
    error: BadInput | None = None,
    once_more: bool = False,
) -> HttpResponse:
    context = {
        "newsletter": newsletter,
        **_words(newsletter),
        "address": _address(request),
        "name": request.POST.get("name", ""),
        "via": request.POST.get("via", ""),
        "page": _elsewhere(request),
        "meant": meant,
        "as_typed": _AS_TYPED,
        "settled": bool(request.POST.get("use")),
        "archive": archiving.has_issues(newsletter),
        "error": error,
        "once_more": once_more,
        "challenge": puzzles.challenge(newsletter.topic, clock.now()),
        "bits": puzzles.BITS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    language = newsletter.language
    response = pages.show(request, "sign_up", context, language=language, status=status, private=False)
    response.headers["Cache-Control"] = "no-store"  # each visitor has a sum of their own
    return response


def _once_more(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    """Too many without the sum: on our own page the browser does it."""
    response = _form(request, newsletter, once_more=True)
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = "3600"
    return response


def _done(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    address = reverse("sign-up-sent", args=[newsletter.slug])
    chosen = f"?lang={_language(request, newsletter)}" if "lang" in request.GET else ""
    response = HttpResponseRedirect(address + chosen)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _too_many(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    response = pages.say(
        request,
        _("Too many sign-ups at the moment"),
        _("Nothing went wrong on your side. Try again in an hour, please."),
        language=newsletter.language,
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = "3600"
    return response


def _language(request: HttpRequest, newsletter: Newsletter) -> str:
    return pages.language_of(request, newsletter.language)
