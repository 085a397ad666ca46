"""Bringing in a list of subscribers: a look at what would happen first, then the real thing."""

import io
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.newsletters.models import Newsletter
from outreach.subscribers import importing
from outreach.web.staff.doing import attempt
from outreach.web.staff.subscribers import newsletter_of, typed, wording_of

_LARGEST = 20_000_000  # bytes; a list of 300,000 addresses
_KEPT_SECONDS = 3600


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """Choose the file; the answer is what would happen, line by line, and nothing is stored yet."""
    if request.method != "POST":
        return _form(request)
    try:
        newsletter, wording = newsletter_of(request.POST.get("newsletter", "")), wording_of(request)
        content = _content(request)
        report = _run(content, newsletter, wording, dry_run=True)
    except OutreachError as error:
        return _form(request, error)
    _keep(request, content, newsletter, wording)
    context = {"report": report, "newsletter": newsletter, "wording": wording, "done": False}
    return render(request, "staff/subscribers_report.html", context)


@require_http_methods(["POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Import the file that was looked at."""
    kept = _kept(request)
    if kept is None:
        attempt(request, _too_late)
        return redirect("subscribers-import")
    newsletter, wording = Newsletter.objects.get(pk=kept["newsletter"]), kept["wording"]
    try:
        report = _run(kept["content"].encode("latin-1"), newsletter, wording, dry_run=False)
    except OutreachError as error:
        return _form(request, error)
    kept.delete()
    context = {"report": report, "newsletter": newsletter, "wording": wording, "done": True}
    return render(request, "staff/subscribers_report.html", context)


def _too_late() -> None:
    raise BadInput(say(N_("The file is no longer here. Choose it again.")), "file")


def _content(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise BadInput(say(N_("Choose a CSV file with an address on each line.")), "file")
    if file.size > _LARGEST:
        raise BadInput(say(N_("The file is larger than 20 MB. Split it into smaller ones.")), "file")
    return bytes(file.read())


def _run(content: bytes, newsletter: Newsletter, wording: str, *, dry_run: bool) -> importing.Report:
    return importing.import_csv(
        io.BytesIO(content), newsletter.topic, wording=wording, language=newsletter.language, dry_run=dry_run
    )


def _keep(request: HttpRequest, content: bytes, newsletter: Newsletter, wording: str) -> None:
    """Until it is confirmed, in a session row of its own: on every machine, and gone within the hour."""
    kept = SessionStore()
    kept.update({"content": content.decode("latin-1"), "newsletter": newsletter.pk, "wording": wording})
    kept.set_expiry(_KEPT_SECONDS)
    kept.create()
    request.session["import"] = kept.session_key


def _kept(request: HttpRequest) -> Any:
    kept = SessionStore(session_key=request.session.pop("import", None))
    return kept if "content" in kept else None


def _form(request: HttpRequest, error: OutreachError | None = None) -> HttpResponse:
    context = {
        "newsletters": Newsletter.objects.all(),
        "typed": typed(request),
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
    }
    return render(request, "staff/subscribers_import.html", context, status=422 if error else 200)
