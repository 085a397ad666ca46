"""Designs: those that ship, and copies that staff change."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.newsletters import designing, viewing
from outreach.newsletters.designs import shelf
from outreach.newsletters.designs.own import stored
from outreach.newsletters.designs.own.faults import DesignFault
from outreach.newsletters.designs.own.sources import Sources
from outreach.newsletters.models import Design, Newsletter
from outreach.web.staff.doing import attempt, chosen
from outreach.web.staff.issues import PREVIEW_POLICY
from outreach.web.staff.newsletter_look import of_number

_LARGEST = 1_000_000  # bytes of an uploaded design


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All designs."""
    return _index(request)


def _index(request: HttpRequest, error: OutreachError | None = None) -> HttpResponse:
    context = {
        "shipped": [one for one in shelf.designs() if not one.own],
        "rows": [(design, designing.using(design)) for design in Design.objects.all()],
        "errors": _errors(error),
        "typed": {"based_on": "", "name": "", **request.POST.dict()},
    }
    return render(request, "staff/designs.html", context, status=422 if error else 200)


@require_POST
def copy(request: HttpRequest) -> HttpResponseBase:
    """A copy of a design, to be changed."""
    try:
        based_on, name = request.POST.get("based_on", ""), request.POST.get("name", "")
        design = designing.copy(based_on, name, request.user)
    except OutreachError as error:
        return _index(request, error)
    return redirect("design", pk=design.pk)


@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """A design from a file that was saved here or elsewhere."""
    file = request.FILES.get("file")
    try:
        if file is None or file.size is None or file.size > _LARGEST:
            raise BadInput(say(N_("This file is not a design that was saved from Outreach.")), "file")
        design = designing.imported(file.read(), request.user)
    except OutreachError as error:
        return _index(request, error)
    return redirect("design", pk=design.pk)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is being worked on, with how it looks beside it."""
    return _page(request, get_object_or_404(Design, pk=pk))


def _page(request: HttpRequest, design: Design, error: OutreachError | None = None) -> HttpResponse:
    fault, findings = designing.look(design)
    current = design.versions.first()
    shown = {"name": design.name, "mjml": design.mjml, "text": design.text, "edits": str(design.edits)}
    context = {
        "design": design,
        "fault": fault,
        "fault_line": _line(design, fault),
        "findings": findings,
        "stops": fault is not None or any(one.stops for one in findings),
        "current": current,
        "changed": current is None or (design.mjml, design.text) != (current.mjml, current.text),
        "versions": design.versions.select_related("by")[:20],
        "using": designing.using(design),
        "newsletters": Newsletter.objects.all(),
        "newsletter": request.GET.get("newsletter", ""),
        "errors": _errors(error),
        "typed": {**shown, **request.POST.dict()} if error else shown,
    }
    return render(request, "staff/design.html", context, status=422 if error else 200)


def _line(design: Design, fault: DesignFault | None) -> str:
    """The line that is wrong: a field of a form shows no numbers."""
    if fault is None or not fault.line:
        return ""
    lines = (design.text if fault.field == "text" else design.mjml).split("\n")
    return lines[fault.line - 1].strip()[:200] if fault.line <= len(lines) else ""


def _errors(error: OutreachError | None) -> dict[str, str]:
    return {getattr(error, "field", "") or "form": str(error)} if error else {}


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what was typed; with the other button, let newsletters use it."""
    design = get_object_or_404(Design, pk=pk)
    try:
        _save(request, design)
    except OutreachError as error:
        return _page(request, design, error)
    if request.POST.get("then") == "use":
        attempt(request, lambda: designing.take_into_use(design, request.user), _("It is in use now."))
    else:
        attempt(request, lambda: None, _("Saved. Newsletters go on using the version before."))
    return redirect("design", pk=pk)


def _save(request: HttpRequest, design: Design) -> None:
    given: dict[str, Any] = request.POST.dict()
    edits = given.get("edits", "")
    sources = Sources(given.get("mjml", ""), given.get("text", ""))
    number = int(edits) if edits.isascii() and edits.isdigit() and len(edits) < 10 else -1
    designing.save(design, name=given.get("name", ""), sources=sources, edits=number, by=request.user)


@require_POST
def go_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take up an earlier version again."""
    design = get_object_or_404(Design, pk=pk)
    number = (chosen([request.POST.get("number", "")]) or [0])[0]
    done = _("This is the earlier version. Take it into use if that is what you want.")
    attempt(request, lambda: designing.go_back(design, number, request.user), done)
    return redirect("design", pk=pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw it away, unless a newsletter uses it."""
    design = get_object_or_404(Design, pk=pk)
    done = _("The design was deleted.")
    if attempt(request, lambda: designing.delete(design, request.user), done):
        return redirect("designs")
    return redirect("design", pk=pk)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The design as a file."""
    design = get_object_or_404(Design, pk=pk)
    response = HttpResponse(designing.exported(design), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{design.slug}.json"'
    return response


@xframe_options_sameorigin
@require_GET
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """A newsletter in what is being worked on: a page of its own, that may run nothing and ask nobody."""
    design = get_object_or_404(Design, pk=pk)
    newsletter = of_number(request.GET.get("newsletter", ""))
    as_text = request.GET.get("part") == "text"
    try:
        found = viewing.tried(newsletter, stored.draft(design))
        body, kind = (found.text, "text/plain") if as_text else (found.html, "text/html")
    except OutreachError as error:
        body, kind = str(error), "text/plain"
    headers = {"Content-Security-Policy": PREVIEW_POLICY}
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)
