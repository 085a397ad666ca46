"""The page behind the link of a confirmation mail."""

from django.http import HttpRequest, HttpResponse


def page(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(status=501)
