"""The organisation's accent colour, made readable on light and dark pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from outreach.core.colours import DAY, NIGHT, best_on, css, parse, readable
from outreach.core.models import Organisation


@login_not_required
@require_GET
def look(request: HttpRequest) -> HttpResponse:
    """A stylesheet with the colours that follow from the accent: a page may hold no style of its own."""
    accent = parse(Organisation.get().accent)
    day, night = readable(accent, DAY), readable(accent, NIGHT)
    sheet = (
        f":root{{--accent:{css(day)};--on-accent:{css(best_on(day))}}}\n"
        f"@media (prefers-color-scheme:dark)"
        f"{{:root{{--accent:{css(night)};--on-accent:{css(best_on(night))}}}}}\n"
    )
    return HttpResponse(sheet, content_type="text/css", headers={"Cache-Control": "public, max-age=86400"})
