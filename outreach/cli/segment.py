"""`outreach segment`: searches among the subscribers that staff keep, to write a letter to them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import setup

if TYPE_CHECKING:
    from outreach.subscribers.models import Segment

app = typer.Typer(help="Searches among the subscribers, kept to write to them.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """The segments, with their rules and how many people are in each."""
    setup()
    from outreach.subscribers.models import Segment

    output.rows(
        (_row(segment) for segment in Segment.objects.all()),
        {"id": _("No."), "name": _("Name"), "rules": _("Rules"), "people": _("People")},
        _("There are no segments yet."),
    )


@app.command()
def keep(
    name: Annotated[str, typer.Argument(help="Its name; one with this name is written over.")],
    search: Annotated[str, typer.Option(help="Whose address, name or tag holds this.")] = "",
    newsletter: Annotated[str, typer.Option(help="Who gets this newsletter: number or name.")] = "",
    language: Annotated[str, typer.Option(help="nl, fr or en.")] = "",
    tag: Annotated[str, typer.Option(help="Who has this tag.")] = "",
    state: Annotated[str, typer.Option(help="confirmed, pending, unsubscribed, …")] = "",
    since: Annotated[str, typer.Option(help="Who joined on this day or later, like 2026-12-01.")] = "",
    before: Annotated[str, typer.Option(help="Who joined before this day.")] = "",
) -> None:
    """Keep a search under a name. It finds anew each time who belongs to it."""
    setup()
    from outreach.newsletters.models import Newsletter
    from outreach.subscribers import searching

    given: dict[str, Any] = {"search": search, "language": language, "tag": tag, "state": state}
    given |= {"since": since, "before": before}
    if newsletter:
        given["topic"] = finding.one(Newsletter.objects.all(), newsletter, "newsletter", "name", "slug").topic
    segment = searching.keep(name, searching.Filter.read(given))
    output.done(_("The segment “%(name)s” is kept.") % {"name": segment}, **_row(segment))


@app.command()
def forget(name: Annotated[str, typer.Argument(help="Its number or name.")]) -> None:
    """Throw a segment away; nothing happens to its people, or to a letter that is approved."""
    setup()
    from outreach.subscribers.models import Segment

    segment = finding.one(Segment.objects.all(), name, "segment", "name")
    segment.delete()
    output.done(_("The segment is gone; its people stay."), name=segment.name)


def _row(segment: "Segment") -> dict[str, Any]:
    from outreach.core.errors import BadInput
    from outreach.newsletters import audience_words
    from outreach.subscribers.searching import Filter

    known = {"id": segment.pk, "name": segment.name, "wanted": segment.wanted}
    try:
        rules = Filter.kept(segment.wanted)
    except BadInput as error:
        return {**known, "rules": str(error), "people": None}
    words = "; ".join(map(str, audience_words.of(rules)))
    return {**known, "rules": words, "people": rules.people().count()}
