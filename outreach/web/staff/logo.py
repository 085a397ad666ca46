"""The organisation's logo: put there, taken away."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.core import logos
from outreach.core.models import Organisation, record
from outreach.core.sentences import N_, say
from outreach.web.staff.doing import attempt


@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Use the picture that was sent."""
    file = request.FILES.get("logo")
    if attempt(request, lambda: logos.put(file.read() if file else b""), _("The logo is there.")):
        record(Organisation.get(), say(N_("The logo was changed.")), actor=request.user)
    return redirect("settings")


@require_POST
def take_away(request: HttpRequest) -> HttpResponseBase:
    """No logo any more."""
    if attempt(request, logos.take_away, _("The logo is gone from the next newsletter on.")):
        record(Organisation.get(), say(N_("The logo was taken away.")), actor=request.user)
    return redirect("settings")
