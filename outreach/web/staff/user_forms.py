"""Forms about people, their passwords, and the organisation."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from outreach.core.models import Organisation

_WEAK: dict[str, Any] = {
    "password_too_short": _("This password is too short: use at least 10 characters."),
    "password_too_common": _("Very many people use this password. Choose another one."),
}
_PASSWORD_HELP = _("At least 10 characters. A short sentence is easy to remember.")


def _secret(label: Any, help_text: Any = "", autocomplete: str = "new-password") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, help_text=help_text, strip=False, widget=widget, max_length=200)


def _check(password: str, user: Any = None) -> None:
    """Django's validators, in the words of these pages. Raises ValidationError."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError([_WEAK.get(one.code or "", one) for one in error.error_list]) from None


class PersonForm(forms.Form):
    """A name to log in with, and a password."""

    username = forms.CharField(
        label=_("Your name to log in with"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(label=_("Mail address"), required=False)
    password = _secret(_("Password"), _PASSWORD_HELP)

    def clean_username(self) -> str:
        """Not taken, whatever its capitals."""
        name = str(self.cleaned_data["username"])
        if get_user_model().objects.filter(username__iexact=name).exists():
            raise ValidationError(_("Somebody has this name already."))
        return name

    def clean_password(self) -> str:
        """Not too short, not one of the common ones."""
        password = str(self.cleaned_data["password"])
        _check(password)
        return password


class FirstForm(PersonForm):
    """The first account, and whose Outreach this is."""

    organisation = forms.CharField(label=_("Name of your organisation"), max_length=200)
    site_url = forms.URLField(label=_("Address of your website"), required=False, assume_scheme="https")
    field_order = ("organisation", "site_url", "username", "email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_url"].widget = forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "www.example.org"}
        )


class ColleagueForm(PersonForm):
    """A colleague who may log in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name to log in with")
        self.fields["username"].widget.attrs["autocomplete"] = "off"
        self.fields["password"].label = _("First password")
        self.fields["password"].help_text = _("At least 10 characters. They can change it after they log in.")


class PasswordForm(forms.Form):
    """A new password for oneself."""

    current = _secret(_("Your password now"), autocomplete="current-password")
    new = _secret(_("New password"), _PASSWORD_HELP)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        """Whoever finds an open screen must not be able to take the account over."""
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your password."))
        return current

    def clean_new(self) -> str:
        """Not too short, not one of the common ones."""
        new = str(self.cleaned_data["new"])
        _check(new, self.user)
        return new


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whose posts and newsletters these are."""

    accent = forms.CharField(
        label=_("Accent colour"),
        help_text=_("Made darker or lighter where it would be hard to read."),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Choose a colour, such as #0b6e69."))],
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    site_url = forms.URLField(label=_("Website"), required=False, assume_scheme="https", max_length=500)

    class Meta:
        model = Organisation
        fields = ("name", "postal_address", "site_url", "contact", "accent")
        labels = {
            "name": _("Name"),
            "postal_address": _("Postal address"),
            "contact": _("Mail address for questions"),
        }
        help_texts = {
            "postal_address": _("The law asks for it at the foot of each newsletter."),
            "contact": _("Shown to subscribers who want to reach a person."),
        }
