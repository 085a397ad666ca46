"""What stands in a draft, on its page: order, lead story, texts of staff, and what is put in by hand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds import events
from outreach.feeds.models import Entry, Source
from outreach.newsletters import adding, arranging, issues
from outreach.newsletters.content import composing, reasons
from outreach.newsletters.content.composing import Order, Row
from outreach.newsletters.models import Issue, IssueEntry, IssueText
from outreach.web.staff.doing import attempt, page_of

PLACES = {
    "top": _("Above everything"),
    "agenda": _("Before the agenda"),
    "end": _("At the end"),
}
# What a button of a row does with it.
_MOVES: dict[str, Callable[[Any, Any], None]] = {
    "up": issues.move_up,
    "down": issues.move_down,
    "out": issues.leave_out,
    "in": issues.put_back,
    "lead": issues.lead_with,
    "no-lead": lambda row, by: issues.lead_with_none(row.issue, by),
    "newest": lambda row, by: issues.lead_with_newest(row, by),
}
_SEARCHED = 30
_NAME = re.compile(r"(?P<text>text-)?(?P<number>[0-9]{1,18})")


@dataclass(frozen=True)
class Line:
    """One row of the issue, and what can be done with it."""

    row: Row
    up: bool
    down: bool
    is_lead: bool = False
    away: bool = False  # the website took it away
    off: bool = False  # an event that does not take place
    begun: bool = False  # an event that readers are not invited to any more
    events: list["Line"] = field(default_factory=list)  # of the agenda

    @property
    def kind(self) -> str:
        """ "article", "event", "text" or "agenda"."""
        if isinstance(self.row, IssueEntry):
            return "event" if events.event_of(self.row.entry) else "article"
        return "text" if isinstance(self.row, IssueText) else "agenda"

    @property
    def name(self) -> str:
        """How its buttons name it: "12", "text-3", "agenda"."""
        return {"text": f"text-{self.row.pk}", "agenda": "agenda"}.get(self.kind, str(self.row.pk))


def lines(issue: Issue) -> list[Line]:
    """All that stands in the issue, in the order in which readers see it; also what is left out."""
    order = composing.order_of(issue)
    found = [_line(issue, order, row) for row in order.rows]
    return [line for line in found if line.kind != "agenda" or line.events]


def _line(issue: Issue, order: Order, row: Row) -> Line:
    entry = row.entry if isinstance(row, IssueEntry) else None
    draft = issue.state == Issue.State.DRAFT
    inside = [*order.agenda, *order.again] if isinstance(row, Issue) else []
    return Line(
        row=row,
        up=arranging.can_move(order, row, -1),
        down=arranging.can_move(order, row, 1),
        is_lead=row == order.lead,
        away=entry is not None and draft and composing.is_away(entry),
        off=entry is not None and composing.is_off(entry),
        begun=entry is not None and draft and composing.has_begun(entry, issue.slot),
        events=[_line(issue, order, item) for item in inside],
    )


def arrange(request: HttpRequest, issue: Issue, name: str) -> HttpResponseBase:
    """Do with one row what the pressed button says."""
    act = _MOVES.get(request.POST.get("to", ""))
    if act is not None:
        row = _row(issue, name)
        attempt(request, lambda: act(row, request.user))
    return redirect(reverse("issue", args=[issue.pk]) + f"#item-{name}")


def _row(issue: Issue, name: str) -> Row:
    if name == "agenda":
        return issue
    known = _NAME.fullmatch(name)
    if known is None:
        raise Http404
    if known["text"]:
        return get_object_or_404(issue.texts.select_related("issue"), pk=int(known["number"]))
    return get_object_or_404(issue.items.select_related("issue"), pk=int(known["number"]))


@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, pk: int, number: int = 0) -> HttpResponseBase:
    """Write a text for the issue, or change one."""
    issue = _issue(pk)
    found = get_object_or_404(issue.texts.select_related("issue"), pk=number) if number else None
    typed = {"heading": found.heading if found else "", "words": found.words if found else "", "at": "top"}
    if request.method != "POST":
        return _text_page(request, issue, found, typed)
    typed |= {name: request.POST.get(name, "") for name in typed}
    seen = request.POST.get("version", "")
    try:
        if found:
            issues.change_text(found, typed["words"], typed["heading"], request.user, seen=seen)
        else:
            at, by = typed["at"], request.user
            found = issues.add_text(issue, typed["words"], typed["heading"], at=at, by=by)
    except OutreachError as error:
        return _text_page(request, issue, found, typed, error)
    return redirect(reverse("issue", args=[pk]) + f"#item-text-{found.pk}")


def _text_page(
    request: HttpRequest,
    issue: Issue,
    found: IssueText | None,
    typed: dict[str, str],
    error: OutreachError | None = None,
) -> HttpResponse:
    errors = {getattr(error, "field", "") or "form": str(error)} if error else {}
    # That of the page that was filled in, as long as it was not stored.
    version = request.POST.get("version", "") or (issues.version(found.heading, found.words) if found else "")
    context = {
        "issue": issue,
        "text": found,
        "typed": typed,
        "version": version,
        "places": PLACES,
        "errors": errors,
    }
    return render(request, "staff/issue_text.html", context, status=422 if error else 200)


@require_GET
def choose(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every entry that is not in the issue, to put one in: why each is not stands beside it."""
    issue, asked = _issue(pk), request.GET
    if issue.state != Issue.State.DRAFT:  # approved since the link was shown
        return redirect("issue", pk=pk)
    words, source = asked.get("search", "").strip(), asked.get("source", "")
    number = int(source) if source.isascii() and source.isdigit() and len(source) < 19 else None
    page = page_of(adding.found(issue, words, number), asked.get("page", ""), _SEARCHED)
    context = {
        "issue": issue,
        "search": words,
        "source": source,
        "sources": list(Source.objects.all()),
        "page": page,
        "event_of": events.event_of,
        "why": lambda entry: reasons.for_newsletter(entry, issue.newsletter, clock.now()).sentence,
    }
    return render(request, "staff/issue_choose.html", context)


@require_POST
def put_in(request: HttpRequest, pk: int, entry: int) -> HttpResponseBase:
    """Put the entry into the issue; how it is now is said."""
    issue, found = _issue(pk), get_object_or_404(Entry.objects.select_related("source", "event"), pk=entry)
    if not attempt(request, lambda: issues.put_in(issue, found, request.user)):
        return redirect("issue-choose", pk=pk)
    item = issue.items.get(entry=found)
    return redirect(reverse("issue", args=[pk]) + f"#item-{item.pk}")


def _issue(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
