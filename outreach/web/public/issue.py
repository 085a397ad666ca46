"""A sent newsletter in the browser, for everybody."""

import re
from http import HTTPStatus

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outreach.core import templating
from outreach.newsletters import archiving, issues
from outreach.newsletters.models import Issue, Newsletter
from outreach.web.public import pages

_State = Issue.State
_PUBLIC = archiving.IS_OUT | Q(state__in=(_State.SENDING, _State.PAUSED))
# A mail: styles of its own and pictures of the website that it tells of; no script, no form, no frame.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: http:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_body = re.compile(r"<body[^>]*>", re.IGNORECASE)


@require_safe
def page(request: HttpRequest, pk: int, key: str = "") -> HttpResponse:
    """What was mailed, without anything that belongs to one recipient.

    What never went out is not there, as if it had never been; what was cancelled half-way is gone. A letter
    that is not public is there for who has its `key`.
    """
    begun = _begun(pk, key)
    issue = begun.filter(_PUBLIC).select_related("newsletter").first()
    if issue is None:
        stopped = begun.filter(state=_State.CANCELLED).select_related("newsletter").first()
        return _gone(request, stopped.newsletter) if stopped else pages.missing(request)
    response = HttpResponse(_with_the_way_on(issue), headers={"Content-Security-Policy": POLICY})
    if not archiving.sent(issue.newsletter).filter(pk=issue.pk).exists():
        response.headers["X-Robots-Tag"] = "noindex"
    return pages.kept(request, response)


def _begun(pk: int, key: str) -> QuerySet[Issue]:
    rows = Issue.objects.filter(pk=pk, started_at__isnull=False).exclude(html="")
    if not key:
        return rows.filter(public=True)
    return rows.filter(letter=True) if archiving.opens(pk, key) else rows.none()


def _with_the_way_on(issue: Issue) -> str:
    """The mail, with links above it to the other issues and to where one signs up."""
    language = issue.newsletter.language
    context = {"newsletter": issue.newsletter, "archive": archiving.has_issues(issue.newsletter)}
    html = issues.in_browser(issue)
    with translation.override(language):
        head = templating.render("newsletters/parts/browser.html", context | {"part": "head"}, language)
        above = templating.render("newsletters/parts/browser.html", context | {"part": "above"}, language)
    html = html.replace("</head>", f"{head}</head>", 1)
    html = _body.sub(lambda match: f"{match[0]}{above}<main>", html, count=1)
    before, end, after = html.rpartition("</body>")
    return f"{before}</main>{end}{after}" if end else html


def _gone(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    language = pages.language_of(request, newsletter.language)
    with translation.override(language):
        return pages.say(
            request,
            _("This newsletter was withdrawn"),
            _("It was stopped while it was being sent."),
            language=newsletter.language,
            status=HTTPStatus.GONE,
        )
