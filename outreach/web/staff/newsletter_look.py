"""A design before it is chosen, as a page of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from outreach.newsletters import viewing
from outreach.newsletters.designs import shelf
from outreach.newsletters.models import Newsletter
from outreach.web.staff.doing import chosen
from outreach.web.staff.issues import PREVIEW_POLICY


@require_GET
def look(request: HttpRequest, design: str) -> HttpResponse:
    """The newsletter of `?newsletter=` in `design`, or an example of one."""
    if design not in {one.slug for one in shelf.designs()}:
        raise Http404
    html = viewing.tried(of_number(request.GET.get("newsletter", "")), design).html
    return HttpResponse(html, headers={"Content-Security-Policy": PREVIEW_POLICY})


def of_number(number: str) -> Newsletter:
    """The newsletter of that number; an example where none is asked for."""
    if pks := chosen([number]):
        return get_object_or_404(Newsletter, pk=pks[0])
    language = (get_language() or "en").split("-")[0]
    return Newsletter(name=_("Your newsletter"), slug="example", language=language)
