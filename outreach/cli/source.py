"""`outreach source`: the websites that are watched."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import TROUBLE, setup

app = typer.Typer(help="The websites that are watched.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(help="The source: its number, name or address.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The address of the feed, or of a page that names it.")],
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    automatic: Annotated[bool, typer.Option("--automatic", help="Post without asking.")] = False,
    language: Annotated[str, typer.Option(help="nl, fr or en.")] = "",
    cooling: Annotated[int, typer.Option(help="Minutes between seeing and posting.", min=0)] = 10,
) -> None:
    """Watch a website. What is there now is stored as seen and not posted."""
    setup()
    from outreach.feeds.sources import add_source

    mode = "automatic" if automatic else "review"
    source = add_source(url, name=name, mode=mode, language=language, cooling_minutes=cooling)
    output.done(_("%(name)s is watched now.") % {"name": source.name}, id=source.pk, name=source.name)


@app.command("list")
def list_() -> None:
    """The sources, and how they are."""
    setup()
    from outreach.feeds.models import Source

    names = ("id", "name", "url", "mode", "active", "last_success_at", "problem")
    output.rows(
        (finding.columns(source, *names) for source in Source.objects.all()),
        {
            "id": _("No."),
            "name": _("Source"),
            "url": _("Address"),
            "last_success_at": _("Last seen"),
            "problem": _("Problem"),
        },
        _("No website is watched yet. Add one with: outreach source add ADDRESS"),
    )


@app.command()
def check(url: Annotated[str, typer.Argument(help="The address of a feed.")]) -> None:
    """Say what is good and bad about a feed, for whoever makes the website. Nothing is stored."""
    setup(update=False)
    from outreach.cli import checked
    from outreach.feeds import checking

    looked, findings = checking.check(url)
    if output.wants_json():
        output.machine(checked.data(looked, findings))
    else:
        checked.show(looked, findings)


@app.command()
def poll(which: Which) -> None:
    """Look at a source now."""
    setup()
    from outreach.feeds.models import Source
    from outreach.feeds.polling import poll_now

    source = finding.one(Source.objects.all(), which, "source", "name", "url")
    before = source.entries.count()
    poll_now(source)
    source.refresh_from_db()
    if source.problem:
        raise typer.Exit(output.refused(str(source.problem), TROUBLE))
    found = source.entries.count() - before
    output.done(_("Looked at %(name)s; new: %(count)s.") % {"name": source.name, "count": found}, new=found)


@app.command()
def release(
    which: Which,
    old: Annotated[bool, typer.Option("--old/--new", help="They are old articles, or new ones to post.")],
) -> None:
    """Let go of a source that is held because too much looked new at once."""
    setup()
    from outreach.feeds import holding
    from outreach.feeds.models import Source

    source = finding.one(Source.objects.all(), which, "source", "name", "url")
    done = (holding.release_as_old if old else holding.release_to_post)(source)
    output.done(str(done), id=source.pk)
