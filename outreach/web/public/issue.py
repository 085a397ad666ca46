"""A sent newsletter in the browser, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from outreach.newsletters.models import Issue
from outreach.web.public import pages

_PUBLIC = (Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was mailed, without anything that belongs to one recipient."""
    if not Issue.objects.filter(pk=pk, state__in=_PUBLIC).exclude(html="").exists():
        return pages.missing(request)
    return pages.missing(request)
