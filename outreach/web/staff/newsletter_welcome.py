"""The welcome mail of a newsletter, as readers get it; and a test of it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from outreach.core.errors import OutreachError
from outreach.newsletters import welcoming
from outreach.newsletters.models import Newsletter
from outreach.web.staff.doing import attempt
from outreach.web.staff.issues import PREVIEW_POLICY


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show it, or send a test of it to one address."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    if request.method != "POST":
        return _page(request, newsletter)
    address = request.POST.get("address", "").strip()
    request.session["test_address"] = address
    try:
        welcoming.send_test(newsletter, address)
    except OutreachError as error:
        return _page(request, newsletter, str(error))
    attempt(request, lambda: None, _("A test was sent to %(address)s.") % {"address": address})
    return redirect("newsletter-welcome", pk=pk)


@xframe_options_sameorigin
@require_GET
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail's HTML, for the frame on its page."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    if not newsletter.welcome:
        raise Http404
    headers = {"Content-Security-Policy": PREVIEW_POLICY}
    return HttpResponse(welcoming.preview(newsletter).html, headers=headers)


def _page(request: HttpRequest, newsletter: Newsletter, error: str = "") -> HttpResponse:
    own = getattr(request.user, "email", "")
    context = {
        "newsletter": newsletter,
        "letter": welcoming.preview(newsletter) if newsletter.welcome else None,
        "errors": {"address": error} if error else {},
        "address": request.session.get("test_address", own),
    }
    return render(request, "staff/newsletter_welcome.html", context, status=422 if error else 200)
