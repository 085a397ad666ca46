"""The time of an issue that is made ahead: holding it, letting it go, taking an approval back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.newsletters import issues
from outreach.newsletters.models import Issue
from outreach.web.staff.doing import attempt


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It waits for somebody."""
    return _do(request, pk, issues.hold, _("Held. It goes out once somebody approves it."))


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It goes out by itself, after all."""
    return _do(request, pk, issues.release, _("It goes out by itself at its time."))


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An approved issue whose time has not come is a draft again."""
    return _do(request, pk, issues.reopen, _("It is a draft again. Approve it when it is right."))


def _do(request: HttpRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponseBase:
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
    attempt(request, lambda: act(issue, request.user), done)
    return redirect("issue", pk=pk)
