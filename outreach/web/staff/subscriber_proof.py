"""The proof of somebody's consent, to print or to hand over as a file."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from outreach.newsletters.models import Newsletter
from outreach.subscribers import proving
from outreach.subscribers.models import Basis, Subscriber


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Each step, oldest first, with the exact words."""
    proof = proving.proof(get_object_or_404(Subscriber, pk=pk))
    names = dict(Newsletter.objects.values_list("topic", "name"))
    context = {"proof": proof, "names": names, "bases": dict(Basis.choices)}
    return render(request, "staff/subscriber_proof.html", context)


@require_GET
def file(request: HttpRequest, pk: int) -> JsonResponse:
    """The same as a file."""
    proof = proving.proof(get_object_or_404(Subscriber, pk=pk))
    headers = {"Content-Disposition": f'attachment; filename="consent-{pk}.json"'}
    return JsonResponse(proof.data(), json_dumps_params={"ensure_ascii": False, "indent": 2}, headers=headers)
