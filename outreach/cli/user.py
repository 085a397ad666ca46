"""`outreach user`: who may log in."""

import sys
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.cli.running import setup

app = typer.Typer(help="Who may log in.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    email: Annotated[str, typer.Option(help="Their mail address.")] = "",
) -> None:
    """Let a colleague log in. The password is asked for, or read from standard input."""
    setup()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say

    users = get_user_model().objects
    if users.filter(username__iexact=name).exists():
        raise BadInput(say(N_("“%(name)s” can log in already."), name=name), "name")
    password = _password()
    try:
        validate_password(password)
    except ValidationError as error:
        sentence = say(N_("This password cannot be used: %(why)s"), why=" ".join(error.messages))
        raise BadInput(sentence, "password") from None
    user = users.create_user(name, email, password, is_staff=True, is_superuser=True)
    output.done(_("%(name)s can log in now.") % {"name": name}, id=user.pk)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
