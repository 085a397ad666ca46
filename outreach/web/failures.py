"""Pages for what went wrong, in words."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("This page is not here"),
        _("It may have been removed, or the address may have a typing error."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("You may not do this"),
        _("Your account does not have the right for it. Ask whoever manages the users."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old (Django's CSRF_FAILURE_VIEW)."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("This form was open for too long"),
        _("Nothing was changed. Go back, reload the page and send it again. Cookies must be allowed."),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(
        request,
        HTTPStatus.BAD_REQUEST,
        _("This could not be understood"),
        _("Nothing was changed. Go back and try again."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500. The database may be the very thing that failed, so this page asks it nothing."""
    words = {
        "title": _("Something went wrong here"),
        "sentence": _(
            "It is not your fault, and it was written to the log. What was queued still goes out. "
            "Try again in a minute."
        ),
    }
    page = engines["jinja2"].get_template("staff/broken.html").render(words)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: HttpRequest, status: HTTPStatus, title: str, sentence: str) -> HttpResponse:
    context: dict[str, Any] = {"title": title, "sentence": sentence}
    return render(request, "staff/failure.html", context, status=status)
