"""Who got an issue: one line for each reader, what the mail server said, and trying again what failed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from outreach.core.sentences import Sentence, say_many
from outreach.mail.replies import names_no_mailbox
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending import readers, retrying
from outreach.web.staff.doing import attempt, chosen

TABS = {
    "all": _("Everyone"),
    "sent": _("Sent"),
    "waiting": _("Still to go"),
    "refused": _("Did not arrive"),
    "doubt": _("Not sure yet"),
    "stopped": _("Not mailed"),
}


@dataclass(frozen=True)
class Line:
    """One reader; `words` say why, where the state alone does not. `again`: it can be tried again."""

    delivery: Delivery
    words: str
    again: bool


@require_GET
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """The readers of an issue, in tabs by outcome, found by their address."""
    issue, kind = _issue(pk), _kind(request)
    search = request.GET.get("search", "").strip()
    part = readers.part(
        readers.find(issue, kind, search), _number(request, "after"), _number(request, "before")
    )
    context = {
        "issue": issue,
        "which": kind,
        "tabs": TABS,
        "search": search,
        "part": part,
        **_again(issue, kind, _lines(issue, part.rows)),
    }
    return render(request, "staff/issue_deliveries.html", context)


@require_GET
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All of them as a file for a spreadsheet."""
    headers = {"Content-Disposition": f'attachment; filename="issue-{pk}.csv"'}
    lines = readers.export_csv(_issue(pk), _kind(request))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Try the chosen ones again, or all that were refused."""
    issue, everyone = _issue(pk), "all" in request.POST
    rows = None if everyone else chosen(request.POST.getlist("delivery"))
    gone_too = "gone" in request.POST

    def act() -> Sentence:
        count = retrying.retry(issue, rows, gone_too=gone_too, by=request.user)
        return say_many("%(count)s mail is tried again.", "%(count)s mails are tried again.", count)

    return redirect("issue" if attempt(request, act) else "issue-deliveries", pk=pk)


def _issue(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)


def _kind(request: HttpRequest) -> str:
    which = request.GET.get("which", "all")
    return which if which in readers.KINDS else "all"


def _number(request: HttpRequest, name: str) -> int:
    return next(iter(chosen([request.GET.get(name, "")])), 0)


def _lines(issue: Issue, rows: list[Delivery]) -> list[Line]:
    can = set(retrying.can(issue).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [Line(row, readers.words(row, issue), row.pk in can) for row in rows]


def _again(issue: Issue, kind: str, lines: list[Line]) -> dict[str, Any]:
    """How many can be tried again, and of how many others the mailbox does not exist.

    All of them are counted only where all can be tried: it takes reading what was said of each.
    """
    can = issue.state in retrying.OPEN_TO_IT
    refused, gone = 0, sum(line.again and names_no_mailbox(line.delivery.reply) for line in lines)
    if can and kind == "refused":
        refused, gone = retrying.numbers(issue)
    return {"lines": lines, "refused": refused, "gone": gone, "open": can}
