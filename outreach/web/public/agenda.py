"""Events for everybody's calendar: the organisation's feed, one event, and those of one newsletter."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from outreach.core import clock
from outreach.feeds import agenda
from outreach.newsletters.content import invitations
from outreach.newsletters.models import Issue
from outreach.web.public import pages


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """All coming events. A program that has it already gets no more than that it is unchanged."""
    with translation.override(settings.LANGUAGE_CODE):
        body = agenda.calendar(clock.now())
    return _calendar(request, body, 'inline; filename="agenda.ics"')


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: who opens it is asked by their own program whether it goes into the calendar."""
    body = invitations.of_event(pk, clock.now())
    return _calendar(request, body, 'attachment; filename="event.ics"') if body else pages.missing(request)


@require_safe
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The events of one newsletter that was mailed."""
    found = Issue.objects.select_related("newsletter").filter(pk=pk).first()
    body = invitations.of_issue(found) if found else b""
    return _calendar(request, body, 'attachment; filename="agenda.ics"') if body else pages.missing(request)


def _calendar(request: HttpRequest, body: bytes, disposition: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = agenda.tag(body)
    response["Content-Disposition"] = disposition
    patch_cache_control(response, public=True, max_age=900)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
