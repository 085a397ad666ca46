"""The first start: whoever holds the one-time key makes the first account."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth import login as start_session
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from outreach.core import first_start
from outreach.core.models import Organisation
from outreach.web.staff.user_forms import FirstForm

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponseBase:
    """The page behind that address."""
    if first_start.has_users():
        return redirect("log-in")
    if not first_start.opens(request.GET.get("key", "")):
        return render(request, "staff/set_up_shut.html", status=403)
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _make(form.cleaned_data)
        if user is not None:
            start_session(request, user, backend=_BACKEND)
        return redirect("home")
    return render(request, "staff/set_up.html", {"form": form}, status=422 if form.errors else 200)


def _make(values: dict[str, Any]) -> Any:
    """The first user; None when somebody else was first."""
    with transaction.atomic():
        organisation = Organisation.get()
        # The row's lock decides between two people who send this form at once.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        if first_start.has_users():
            return None
        organisation.name, organisation.site_url = values["organisation"], values["site_url"]
        organisation.save(update_fields=["name", "site_url"])
        user = get_user_model().objects.create_user(values["username"], values["email"], values["password"])
    first_start.forget_key()
    return user
