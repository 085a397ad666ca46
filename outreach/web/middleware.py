"""What goes around every page: who may see it, and headers."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """No page makes a request to another host: said to the browser too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        return response


class ReadAsUtf8:
    """What is sent to us is read as UTF-8, whatever letters it says to be in.

    Our pages are sent so, and a browser answers in the same. Django refuses a form that names another one,
    or fails on "base64": also one that a mail program sends so that its reader leaves (RFC 8058).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return self.get_response(request)


class NoNul:
    """No text column of PostgreSQL takes a NUL, and nobody types one: refused once, for every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Raises BadRequest, which is answered by the page of `failures.bad_request`.

        Other programs post to the views without a token: what cannot be read is theirs to judge.
        """
        forms = [request.GET] if getattr(view_func, "csrf_exempt", False) else [request.GET, request.POST]
        typed = (value for form in forms for _, values in form.lists() for value in values)
        if any("\0" in value for value in (request.path, *request.COOKIES.values(), *typed)):
            raise BadRequest("NUL")


class LogInFirst(LoginRequiredMiddleware):
    """Every page asks for a log-in, except those of `web.public` and those marked `login_not_required`.

    Closed by default, so that a screen that forgot its guard is not open to the world.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Open the public pages without a look at the session: they set and read no cookie."""
        if view_func.__module__.startswith("outreach.web.public"):
            return None
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """To the log-in page; a part of a page that refreshes itself has the whole page reload."""
        if "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().handle_no_permission(request, view_func)
