"""One issue of a newsletter: its words, its articles, what readers will see, and how the sending goes."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.newsletters import issues, sending
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import lists
from outreach.web.staff.doing import attempt, page_of
from outreach.web.staff.posts import history

# A mail: inline styles and the website's pictures; no script, no form; in a frame of our own page only.
_PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: http:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
_D = Delivery.State
_MOVES = {
    "up": issues.move_up,
    "down": issues.move_down,
    "out": issues.leave_out,
    "in": issues.put_back,
}
FOUND = {
    "all": (gettext_lazy("Everyone"), list(_D)),
    "sent": (gettext_lazy("Sent"), [_D.SENT]),
    "waiting": (gettext_lazy("Still to go"), [_D.QUEUED, _D.CLAIMED, _D.DEFERRED]),
    "trouble": (gettext_lazy("Did not arrive"), [_D.BOUNCED, _D.UNKNOWN, _D.SUPPRESSED]),
}


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The issue, as far as it has come."""
    return _page(request, _issue(pk))


def _issue(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("newsletter", "approved_by"), pk=pk)


def _page(request: HttpRequest, issue: Issue, error: OutreachError | None = None) -> HttpResponse:
    draft = issue.state == Issue.State.DRAFT
    rendered = issues.preview(issue) if issue.state != Issue.State.SKIPPED else None
    context = {
        "issue": issue,
        "draft": draft,
        "items": list(issue.items.select_related("entry")),
        "rendered": rendered,
        "seen": issues.fingerprint(issue) if draft else "",
        "readers": lists.recipients(issue.newsletter.topic).count() if draft else 0,
        "history": history(issue),
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "typed": {"subject": issue.subject, "intro": issue.intro, "address": "", **request.POST.dict()},
        "test_address": request.session.get("test_address", getattr(request.user, "email", "")),
        **_progress(issue),
    }
    return render(request, "staff/issue.html", context, status=422 if error else 200)


def _progress(issue: Issue) -> dict[str, Any]:
    begun = issue.state in {Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT} or issue.started_at
    return {
        "progress": sending.progress(issue) if begun else None,
        "moving": issue.state == Issue.State.SENDING,
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
    response = HttpResponse(issues.preview(_issue(pk)).html)
    response["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Store subject and introduction."""
    issue = _issue(pk)
    try:
        issues.change(
            issue,
            subject=request.POST.get("subject", ""),
            intro=request.POST.get("intro", ""),
            by=request.user,
        )
    except OutreachError as error:
        return _page(request, issue, error)
    return redirect("issue", pk=pk)


@require_POST
def arrange(request: HttpRequest, pk: int, item: int) -> HttpResponseBase:
    """Move one article up or down, leave it out of this issue, or put it back."""
    issue = _issue(pk)
    act = _MOVES.get(request.POST.get("to", ""))
    if act is not None:
        found = get_object_or_404(issue.items, pk=item)
        attempt(request, lambda: act(found, request.user))
    return redirect("issue", pk=pk)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send this issue to one address, to see it in a real mail programme."""
    address = request.POST.get("address", "").strip()
    issue = _issue(pk)
    try:
        issues.send_test(issue, address)
    except OutreachError as error:
        return _page(request, issue, BadInput(error.sentence, "address"))
    request.session["test_address"] = address
    attempt(request, lambda: None, _("A test was sent to %(address)s.") % {"address": address})
    return redirect("issue", pk=pk)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approve exactly what the page showed; it goes out at its moment."""
    seen = request.POST.get("seen", "") or "nothing"
    done = _("Approved. It goes out now.")
    return _do(request, pk, lambda issue: issues.approve(issue, request.user, seen), done)


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


@require_GET
def deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """Who got it, with the mail server's own words."""
    issue = _issue(pk)
    which = request.GET.get("which", "all")
    which = which if which in FOUND else "all"
    search = request.GET.get("search", "").strip()
    context = {
        "issue": issue,
        "which": which,
        "tabs": {name: words for name, (words, _states) in FOUND.items()},
        "search": search,
        "page": page_of(_deliveries(issue, which, search), request.GET.get("page", "")),
    }
    return render(request, "staff/issue_deliveries.html", context)


def _deliveries(issue: Issue, which: str, search: str) -> QuerySet[Delivery]:
    found = issue.deliveries.filter(state__in=FOUND[which][1]).select_related("subscriber")
    if search:
        found = found.filter(subscriber__address_key__startswith=search.lower())
    return found.order_by("id")
