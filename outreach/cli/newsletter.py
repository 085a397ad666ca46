"""`outreach newsletter`: what belongs to a newsletter and to none of its issues."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import setup

app = typer.Typer(help="A newsletter, apart from its issues.", no_args_is_help=True)


@app.callback()
def _noun() -> None:
    """One command alone would be taken for the noun itself."""


@app.command()
def welcome(
    newsletter: Annotated[str, typer.Argument(help="Its number or name.")],
    test: Annotated[str, typer.Option(help="Mail it to this address, to look at it.")] = "",
) -> None:
    """Show the mail that welcomes who has just confirmed, or send a test of it."""
    setup()
    from outreach.newsletters import welcoming
    from outreach.newsletters.models import Newsletter

    found = finding.one(Newsletter.objects.all(), newsletter, "newsletter", "name", "slug")
    if test:
        welcoming.send_test(found, test)
        output.done(_("A test mail is on its way to %(address)s.") % {"address": test})
        return
    letter = welcoming.preview(found)
    if output.wants_json():
        output.machine({"subject": letter.subject, "text": letter.text, "html": letter.html})
    else:
        output.heading(letter.subject)
        typer.echo(letter.text)
