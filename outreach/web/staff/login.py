"""Coming in and going out."""

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth import login as start_session
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.core import clock, dates

_BACKEND = "django.contrib.auth.backends.ModelBackend"
DEMO_USER = "demo"

log_out = auth.LogoutView.as_view()


class _LogIn(auth.LoginView):
    template_name = "staff/log_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nobody = not get_user_model().objects.filter(is_active=True).exists()
        return {**super().get_context_data(**kwargs), "nobody": nobody and not settings.DEMO}

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.non_field_errors():  # Django's own sentence speaks of a case-sensitive field
            del form.errors[NON_FIELD_ERRORS]
            form.add_error(
                None, _("This name and this password do not belong together. Mind capital letters.")
            )
        return super().form_invalid(form)


log_in = login_not_required(_LogIn.as_view())


@login_not_required
@require_POST
def enter_demo(request: HttpRequest) -> HttpResponseBase:
    """In the demo, and only there, anybody is the officer."""
    if not settings.DEMO:
        raise Http404
    user, made = get_user_model().objects.get_or_create(username=DEMO_USER)
    if made:
        user.set_unusable_password()
        user.save()
    start_session(request, user, backend=_BACKEND)
    return redirect("home")


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any = None) -> HttpResponse:
    """Too many wrong passwords: says when to try again (axes' AXES_LOCKOUT_CALLABLE)."""
    until = _until(str((credentials or {}).get("username", "")), request)
    return render(request, "staff/locked_out.html", {"until": until}, status=429)


def _until(username: str, request: HttpRequest) -> str:
    wait: timedelta = get_cool_off(request) or timedelta(minutes=15)
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    return dates.clock_time((last.attempt_time if last else clock.now()) + wait)
