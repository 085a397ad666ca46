"""What readers read about privacy: in each language our text, or the organisation's own."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outreach.core.errors import BadInput
from outreach.core.models import Organisation, PrivacyText, record
from outreach.core.sentences import N_, say
from outreach.newsletters.personal import texts


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """One language at a time."""
    language = request.GET.get("of", "")
    if language not in dict(settings.LANGUAGES):
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
    if request.method != "POST":
        return _form(request, language, texts.of(language))
    text = "" if "standard" in request.POST else request.POST.get("text", "")
    try:
        own = texts.write(language, text)
    except BadInput as error:
        return _form(request, language, text, error)
    record(Organisation.get(), say(N_("The privacy text was changed.")), actor=request.user)
    messages.success(request, _("Saved.") if own else _("Readers see the standard text."))
    response = redirect("settings-privacy")
    response["Location"] += f"?of={language}"
    return response


def _form(request: HttpRequest, language: str, text: str, error: BadInput | None = None) -> HttpResponse:
    context = {
        "of": language,
        "languages": settings.LANGUAGES,
        "text": text,
        "own": PrivacyText.objects.filter(language=language).exists(),
        "error": error,
    }
    return render(request, "staff/privacy_text.html", context, status=422 if error else 200)
