"""Bringing in a list of subscribers: its file, its columns, a look at what would happen, the real thing."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.newsletters.models import Newsletter
from outreach.subscribers import importing, tables
from outreach.subscribers.importing import files
from outreach.subscribers.models import Basis, Import
from outreach.web.staff.doing import attempt
from outreach.web.staff.subscribers import newsletter_of, typed

_LARGEST = 20_000_000  # bytes; a list of 300,000 addresses
_SHOWN = 100
_State = Import.State
_MOVING = {_State.LOOKING, _State.IMPORTING}


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """Choose the file and say what its people agreed to; what comes next is on the page of the import."""
    if request.method != "POST":
        return _form(request)
    try:
        newsletter = newsletter_of(request.POST.get("newsletter", ""))
        file = _file(request)
        job = importing.begin(
            file,
            newsletter.topic,
            _promise(request),
            title=newsletter.name,
            file_name=file.name or "",
            language=newsletter.language,
            tags=request.POST.get("tags", ""),
            most=_LARGEST,
        )
    except OutreachError as error:
        return _form(request, error)
    return redirect("subscribers-import-job", pk=job.pk)


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: its columns, how far it is, or its report."""
    return _page(request, get_object_or_404(Import, pk=pk))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, asked for every two seconds while it moves; the whole page once it is over."""
    found = get_object_or_404(Import, pk=pk)
    response = render(request, "staff/subscribers_progress.html", _progress(found))
    if found.state not in _MOVING and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A person says which column is what; all lines are then looked at."""
    found = get_object_or_404(Import, pk=pk)
    try:
        layout = _layout(request, found)
        if "again" in request.POST:  # another delimiter: the columns are shown anew
            return _page(request, found, layout)
        importing.lay_out(found, replace(layout, columns=tables.columns(_roles(request))))
    except OutreachError as error:
        return _page(request, found, error=error)
    return redirect("subscribers-import-job", pk=pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Back to the columns, after a look that showed that they are wrong."""
    Import.objects.filter(pk=pk, state=_State.LOOKED).update(state=_State.COLUMNS)
    return redirect("subscribers-import-job", pk=pk)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Import the list that was looked at. Harmless to repeat."""
    importing.confirm(get_object_or_404(Import, pk=pk))
    return redirect("subscribers-import-job", pk=pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Forget the list and its report."""
    found = get_object_or_404(Import, pk=pk)
    attempt(request, lambda: importing.drop(found), _("The file was thrown away."))
    return redirect("subscribers-import")


@require_GET
def report(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every line that was not taken, as a file for a spreadsheet."""
    lines = importing.report_csv(get_object_or_404(Import, pk=pk))
    headers = {"Content-Disposition": f'attachment; filename="import-{pk}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _file(request: HttpRequest) -> Any:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise BadInput(say(N_("Choose a CSV file with an address on each line.")), "file")
    return file


def _promise(request: HttpRequest) -> importing.Promise:
    wording, basis = request.POST.get("wording", "").strip(), request.POST.get("basis", "")
    if basis not in Basis.values:
        raise BadInput(say(N_("Choose how these people said yes.")), "basis")
    promise = importing.Promise(basis, wording, _day(request.POST.get("given_on", "").strip()))
    promise.check()
    return promise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(say(N_("Write the day like 2026-12-01.")), "given_on") from None


def _layout(request: HttpRequest, found: Import) -> tables.Layout:
    delimiter = {"tab": "\t"}.get(request.POST.get("delimiter", ""), request.POST.get("delimiter", ""))
    with files.opened(found) as stream:
        return tables.guess(stream, delimiter, "header" in request.POST or "delimiter" not in request.POST)


def _roles(request: HttpRequest) -> dict[int, str]:
    fields = ((name.removeprefix("column-"), str(role)) for name, role in request.POST.items())
    return {
        int(place): role
        for place, role in fields
        if place.isascii() and place.isdigit() and len(place) < 5 and role
    }


def _page(
    request: HttpRequest,
    found: Import,
    layout: tables.Layout | None = None,
    error: OutreachError | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"errors": {getattr(error, "field", "") or "form": str(error)} if error else {}}
    context.update(_progress(found))
    if found.state == _State.COLUMNS:
        context.update(_table(found, layout or tables.Layout.from_json(found.layout)))
        if request.method == "POST" and not layout:
            context["roles"] = _roles(request)
    elif found.state not in _MOVING:
        context["faults"] = found.faults.order_by("line")[:_SHOWN]
    return render(request, "staff/subscribers_report.html", context, status=422 if error else 200)


def _table(found: Import, layout: tables.Layout) -> dict[str, Any]:
    with files.opened(found) as stream:
        names, rows = tables.sample(stream, layout)
    delimiters = {";": ";", ",": ",", "tab": _("Tab"), "|": "|", "^": "^", "~": "~"}
    return {
        "layout": layout,
        "delimiter": "tab" if layout.delimiter == "\t" else layout.delimiter,
        "delimiters": delimiters,
        "names": names,
        "rows": rows,
        "roles": tables.roles(layout),
    }


def _progress(found: Import) -> dict[str, Any]:
    looking = found.state == _State.LOOKING
    done, total = (found.at_line, found.file_lines) if looking else (found.passed, found.people.count())
    return {
        "job": found,
        "moving": found.state in _MOVING,
        "done": done,
        "total": total or 1,
        "waiting": total,
    }


def _form(request: HttpRequest, error: OutreachError | None = None) -> HttpResponse:
    context = {
        "newsletters": Newsletter.objects.all(),
        "typed": {"basis": "", "given_on": "", "tags": "", **typed(request)},
        "bases": Basis.choices,
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "imports": Import.objects.all()[:10],
    }
    return render(request, "staff/subscribers_import.html", context, status=422 if error else 200)
