"""The demo inbox: the mails that would have gone out. Only where MAIL_URL is inbox://."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from outreach.mail import inbox as box
from outreach.mail.urls import relay_for

_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; img-src 'self' data: https: http:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""For the body of a mail: its own styles and the pictures of the website; no scripts, no forms."""


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    return render(request, "staff/inbox.html", {"letters": box.letters(_folder())})


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, as its reader sees it."""
    return render(request, "staff/inbox_letter.html", {"letter": _letter(key)})


@require_GET
@xframe_options_sameorigin
def body(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's own HTML, for the frame in its page."""
    return HttpResponse(_letter(key).html, headers={"Content-Security-Policy": _POLICY})


def _letter(key: str) -> box.StoredLetter:
    letter = box.letter(_folder(), key)
    if letter is None:
        raise Http404
    return letter


def _folder() -> Path:
    """Where MAIL_URL keeps the mails; 404 where they really go out."""
    if not settings.MAIL_URL.startswith("inbox:"):
        raise Http404
    relay = relay_for(settings.MAIL_URL, inbox=Path(settings.DATA_DIR) / "inbox")
    if not isinstance(relay, box.InboxRelay):
        raise Http404
    return relay.folder
