"""A sent newsletter in the browser, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from outreach.newsletters import issues
from outreach.newsletters.models import Issue
from outreach.web.public import pages

_PUBLIC = (Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT)
# A mail: styles of its own and pictures of the website that it tells of; no script, no form, no frame.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: http:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was mailed, without anything that belongs to one recipient."""
    issue = Issue.objects.filter(pk=pk, state__in=_PUBLIC, started_at__isnull=False).exclude(html="").first()
    if issue is None:
        return pages.missing(request)
    return HttpResponse(issues.in_browser(issue), headers={"Content-Security-Policy": POLICY})
