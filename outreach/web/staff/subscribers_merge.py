"""Two subscribers who are one person: both side by side, then one."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.newsletters.models import Newsletter
from outreach.subscribers import merging, proving
from outreach.subscribers.models import Subscriber
from outreach.web.staff.doing import attempt


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Name the other one, look at both, and make them one."""
    kept = get_object_or_404(Subscriber, pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    try:
        other = _other(kept, given.get("other", "").strip())
    except BadInput as error:
        return _shown(request, kept, error=error)
    if request.method == "POST" and other:
        attempt(request, lambda: merging.merge(kept, other, request.user), _("These two are one now."))
        return redirect("subscriber", pk=pk)
    return _shown(request, kept, other)


def _other(kept: Subscriber, address: str) -> Subscriber | None:
    if not address:
        return None
    other = proving.find(address)
    if other.pk == kept.pk:
        raise BadInput(say(N_("These two are the same subscriber already.")), "other")
    return other


def _shown(
    request: HttpRequest, kept: Subscriber, other: Subscriber | None = None, error: BadInput | None = None
) -> HttpResponse:
    context = {
        "kept": kept,
        "other": other,
        "people": [kept, other] if other else [],
        "names": dict(Newsletter.objects.values_list("topic", "name")),
        "typed": request.GET.get("other", ""),
        "errors": {"other": str(error)} if error else {},
    }
    return render(request, "staff/subscriber_merge.html", context, status=422 if error else 200)
