"""Settings: the organisation, who may log in, one's own password."""

from typing import Any

from django import forms
from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.core import logos
from outreach.core.models import Organisation, record
from outreach.core.sentences import N_, say
from outreach.web.staff.user_forms import ColleagueForm, OrganisationForm, PasswordForm

_UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The organisation, and links to the rest."""
    organisation = Organisation.get()
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        form.save()
        record(organisation, say(N_("The settings were changed.")), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("settings")
    context = {
        "form": form,
        "logo": logos.current(organisation),
        "people": list(get_user_model().objects.order_by("-is_active", "username")),
        "mail": bool(configured.MAIL_URL),
        "mail_from": configured.MAIL_FROM,
        "demo_mail": configured.MAIL_URL.startswith("inbox:"),
        "zone": configured.LOCAL_TIME_ZONE,
    }
    return render(request, "staff/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest) -> HttpResponseBase:
    """A colleague may log in."""
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        user = get_user_model().objects.create_user(values["username"], values["email"], values["password"])
        record(user, say(N_("%(person)s may log in."), person=user.get_username()), actor=request.user)
        messages.success(request, _("%(person)s can log in now.") % {"person": user.get_username()})
        return redirect("settings")
    return _form(request, form, _("Add a colleague"), _("Add"))


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password for oneself; other browsers are logged out."""
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user: Any = get_user_model().objects.get(username=request.user.get_username())
        user.set_password(form.cleaned_data["new"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password was changed."))
        return redirect("settings")
    return _form(request, form, _("Change your password"), _("Change it"))


@require_POST
def switch_person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whether somebody may log in. Nobody shuts the door on themselves."""
    user = get_object_or_404(get_user_model(), pk=pk)
    active = request.POST.get("active") == "yes"
    if user.pk == request.user.pk:
        messages.error(request, _("You cannot shut yourself out. Ask a colleague to do it."))
        return redirect("settings")
    if get_user_model().objects.filter(pk=pk).exclude(is_active=active).update(is_active=active):
        sentence = N_("%(person)s may log in.") if active else N_("%(person)s may not log in any more.")
        said = say(sentence, person=user.get_username())
        record(user, said, actor=request.user)
        messages.success(request, str(said))
    return redirect("settings")


@require_POST
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """For a colleague who forgot theirs: one to tell them, shown this once."""
    user = get_object_or_404(get_user_model(), pk=pk)
    fresh = "-".join(get_random_string(4, _UNAMBIGUOUS) for _part in range(4))
    user.set_password(fresh)
    user.save(update_fields=["password"])
    record(
        user, say(N_("%(person)s was given a new password."), person=user.get_username()), actor=request.user
    )
    response = render(request, "staff/new_password.html", {"person": user, "password": fresh})
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest, form: forms.Form, title: str, button: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "title": title, "button": button}
    return render(request, "staff/settings_form.html", context, status=422 if form.errors else 200)
