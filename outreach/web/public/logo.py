"""The organisation's logo, for its mails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from outreach.core.models import Logo


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """The logo of this address: always the same bytes, so that they are fetched once."""
    logo = get_object_or_404(Logo, key=key)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(logo.content), content_type="image/png", headers=headers)
