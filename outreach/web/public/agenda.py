"""The organisation's agenda as a calendar feed, for everybody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from outreach.core import clock
from outreach.feeds import agenda


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """All coming events. A program that has it already gets no more than that it is unchanged."""
    with translation.override(settings.LANGUAGE_CODE):
        body = agenda.calendar(clock.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = agenda.tag(body)
    response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    patch_cache_control(response, public=True, max_age=900)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
