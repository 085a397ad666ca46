"""One issue of a newsletter: its words, its articles, what readers will see, and how the sending goes."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.newsletters import issues, sending, viewing
from outreach.newsletters.models import Issue
from outreach.newsletters.sending import counting
from outreach.web.staff import issue_content, issue_to
from outreach.web.staff.doing import attempt
from outreach.web.staff.posts import history

# A mail: inline styles and the website's pictures; no script, no form; in a frame of our own page only.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: http:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
# From its approval on it changes by itself: the page asks how far it is.
_MOVING = {Issue.State.APPROVED, Issue.State.SENDING}
_BEGUN = {Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT}


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The issue, as far as it has come."""
    return _page(request, _issue(pk))


def _issue(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("newsletter", "approved_by"), pk=pk)


def _page(request: HttpRequest, issue: Issue, error: OutreachError | None = None) -> HttpResponse:
    draft = issue.state == Issue.State.DRAFT
    try:
        rendered = issues.preview(issue) if issue.state != Issue.State.SKIPPED else None
        findings, seen = issues.findings(issue), issues.fingerprint(issue) if draft else ""
    except OutreachError as fault:  # a design of staff that these articles do not go into
        rendered, findings, seen, error = None, [], "", error or OutreachError(fault.sentence)
    context = {
        "issue": issue,
        "draft": draft,
        "early": issue.slot > clock.now(),
        "lines": issue_content.lines(issue),
        "rendered": rendered,
        "seen": seen,
        # An error does not make it younger: that of the page that was filled in, as long as words are kept.
        "version": request.POST.get("version", "") or issues.version(issue.subject, issue.intro),
        "findings": findings,
        "elsewhere": viewing.pictures_elsewhere(issue) if draft else [],
        "history": history(issue),
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "typed": {"subject": issue.subject, "intro": issue.intro, "address": "", **request.POST.dict()},
        "test_address": request.session.get("test_address", getattr(request.user, "email", "")),
        **_progress(issue),
        **issue_to.context(request, issue),
    }
    return render(request, "staff/issue.html", context, status=422 if error else 200)


def _progress(issue: Issue) -> dict[str, Any]:
    begun = issue.state in _BEGUN or issue.started_at
    found = sending.progress(issue) if begun else None
    return {
        "progress": found,
        "in_words": counting.in_words(found) if found else "",
        "pace": counting.pace_in_words(found) if found else "",
        "moving": issue.state in _MOVING,
    }


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked for every two seconds while it moves; the whole page once it is over."""
    issue = _issue(pk)
    context = {"issue": issue, **_progress(issue)}
    response = render(request, "staff/issue_progress.html", context)
    if not context["moving"] and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response


@xframe_options_sameorigin
@require_GET
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail's HTML, for the frame on the issue's page."""
    headers = {"Content-Security-Policy": PREVIEW_POLICY}
    try:
        return HttpResponse(issues.preview(_issue(pk)).html, headers=headers)
    except OutreachError as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", headers=headers)


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Store subject and introduction."""
    return _with_words(request, pk, lambda issue: _say(request, issue, _("Saved.")))


def _with_words(request: HttpRequest, pk: int, act: Callable[[Issue], HttpResponseBase]) -> HttpResponseBase:
    """Store what stands in the fields, then `act`: whichever button is pressed, nothing typed is lost."""
    issue = _issue(pk)
    if address := request.POST.get("address", "").strip():
        request.session["test_address"] = address
    try:
        _keep_words(request, issue)
    except OutreachError as error:
        issue.refresh_from_db()  # it may be a draft no more
        return _page(request, issue, error)
    return act(issue)


def _keep_words(request: HttpRequest, issue: Issue) -> None:
    """Raises BadInput for a field, OutreachError when somebody approved or cancelled meanwhile."""
    issue_to.keep(request, issue)
    if "subject" not in request.POST:
        return
    subject = request.POST["subject"].strip()
    intro = request.POST.get("intro", "").replace("\r\n", "\n").strip()
    seen = request.POST.get("version", "")
    # Who changed nothing here only pressed a button: what somebody else wrote meanwhile stays.
    if issues.version(subject, intro) not in (seen, issues.version(issue.subject, issue.intro)):
        issues.change(issue, subject=subject, intro=intro, seen=seen, by=request.user)


def _say(request: HttpRequest, issue: Issue, done: str) -> HttpResponseBase:
    attempt(request, lambda: None, done)
    return redirect("issue", pk=issue.pk)


@require_POST
def arrange(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Move one row of the issue, leave it out, put it back, let it lead."""
    return _with_words(request, pk, lambda issue: issue_content.arrange(request, issue, name))


@require_POST
def add(request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
    """On to the page where a text is written, or where an entry is chosen."""
    return _with_words(request, pk, lambda issue: redirect(f"issue-{what}", pk=issue.pk))


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send this issue to one address, to see it in a real mail programme."""
    return _with_words(request, pk, lambda issue: _test(request, issue))


def _test(request: HttpRequest, issue: Issue) -> HttpResponseBase:
    address = request.POST.get("address", "").strip()
    try:
        issues.send_test(issue, address)
    except OutreachError as error:
        return _page(request, issue, BadInput(error.sentence, "address"))
    return _say(request, issue, _("A test was sent to %(address)s.") % {"address": address})


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approve exactly what the page showed; it goes out at its moment.

    Words that were typed and never seen in the preview are stored, and make it another issue than the one
    that was shown: the door refuses it until it was looked at.
    """
    return _with_words(request, pk, lambda issue: _approve(request, issue))


def _approve(request: HttpRequest, issue: Issue) -> HttpResponseBase:
    seen = request.POST.get("seen", "") or "nothing"
    if attempt(request, lambda: issues.approve(issue, request.user, seen)) and not issue.slot > clock.now():
        attempt(request, lambda: None, _("Approved. It goes out now."))
    return redirect("issue", pk=issue.pk)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop sending for now."""
    return _do(request, pk, lambda issue: issues.pause(issue, request.user), _("Paused."))


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Go on sending."""
    return _do(request, pk, lambda issue: issues.resume(issue, request.user), _("Sending goes on."))


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call the issue off; what was mailed stays mailed."""
    return _do(request, pk, lambda issue: issues.cancel(issue, request.user), _("The issue was cancelled."))


def _do(request: HttpRequest, pk: int, act: Callable[[Issue], Any], done: str) -> HttpResponseBase:
    issue = _issue(pk)
    attempt(request, lambda: act(issue), done)
    return redirect("issue", pk=pk)
