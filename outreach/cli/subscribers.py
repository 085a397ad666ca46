"""`outreach subscribers`: who hears of it by mail."""

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.cli import finding, output
from outreach.cli.running import TROUBLE, setup

if TYPE_CHECKING:
    from outreach.newsletters.models import Newsletter

app = typer.Typer(help="Who hears of it by mail.", no_args_is_help=True)

To = Annotated[str, typer.Option("--newsletter", help="The newsletter: its number or name.")]
Wording = Annotated[str, typer.Option(help="The exact words that they said yes to; kept as the proof.")]


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    newsletter: To,
    wording: Wording,
    name: Annotated[str, typer.Option(help="Whose it is.")] = "",
    language: Annotated[str, typer.Option(help="nl, fr or en.")] = "",
) -> None:
    """Add somebody who has agreed already, on paper for instance."""
    setup()
    from outreach.subscribers import joining

    chosen = _newsletter(newsletter)
    joining.add(
        chosen.topic,
        address,
        name=name,
        language=language or chosen.language,
        how="command",
        wording=wording,
    )
    output.done(
        _("%(address)s gets “%(newsletter)s” from now on.") % {"address": address, "newsletter": chosen}
    )


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a column for the address.", dir_okay=False)],
    newsletter: To,
    wording: Wording,
    basis: Annotated[str, typer.Option(help="How they said yes: form, paper, members or other.")],
    given_on: Annotated[str, typer.Option(help="The day on which they said so, like 2026-12-01.")] = "",
    tags: Annotated[str, typer.Option(help="Tags for all of them, with commas.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(help="What a column holds, as 2=address or Naam=name; also =language and =tags."),
    ] = None,
    delimiter: Annotated[str, typer.Option(help="The sign between the columns.")] = "",
    report: Annotated[Path | None, typer.Option(help="Write what is not taken here, as CSV.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Add everybody in a CSV file; lines that cannot be used are named."""
    setup()
    from outreach.cli import bringing
    from outreach.subscribers.importing import Promise

    promise = Promise(basis, wording, bringing.day(given_on))
    bringing.writable(report)
    with _opened(file) as stream:
        job = bringing.begin(stream, file.name, _newsletter(newsletter), promise, tags)
    bringing.bring_in(job, column or [], delimiter, report, dry_run=dry_run)
    if job.refused:
        raise typer.Exit(TROUBLE)


@app.command()
def export(
    address: Annotated[
        str, typer.Argument(help="One person: all that is kept about them, as JSON, for who asks for it.")
    ] = "",
    newsletter: Annotated[str, typer.Option("--newsletter", help="Or all who get it.")] = "",
) -> None:
    """Write to standard output who gets a newsletter (CSV or JSON), or all that is kept about one person."""
    setup()
    if bool(address) == bool(newsletter):
        raise typer.BadParameter(_("Name an address or a newsletter."))
    if address:
        from outreach.newsletters.personal.copying import as_json
        from outreach.subscribers import proving

        return print(as_json(proving.find(address)), end="")
    from outreach.core import sheets
    from outreach.subscribers.lists import recipients

    names = ("address", "name", "language", "confirmed_at")
    found = recipients(_newsletter(newsletter).topic).order_by("address_key").iterator()
    rows = (finding.columns(who, *names) for who in found)
    if output.wants_json():
        return output.machine(list(rows))
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    return writer.writerows([sheets.inert(str(row[name] or "")) for name in names] for row in rows)


@app.command()
def erase(
    address: Annotated[str, typer.Argument(help="Whose.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Forget somebody who asks for it: everything, except a code that keeps the address from coming back."""
    setup()
    from outreach.newsletters.personal import erasing
    from outreach.subscribers import proving

    person = proving.find(address)
    if not yes:
        typer.confirm(
            _("Erase all about %(address)s? This cannot be undone.") % {"address": person}, abort=True
        )
    erasing.erase(person)
    output.done(_("Forgotten. No import brings this address back."))


@app.command()
def again(address: Annotated[str, typer.Argument(help="Whose.")]) -> None:
    """Mail an address again that refused our mail or complained, because its owner says it was a mistake."""
    setup()
    from outreach.subscribers import bounces, proving

    bounces.take_back(proving.find(address))
    output.done(_("This address may be mailed again."))


@app.command("list")
def list_(
    search: Annotated[str, typer.Option(help="Whose address, name or tag holds this.")] = "",
    most: Annotated[int, typer.Option(help="How many.", min=1)] = 100,
) -> None:
    """The subscribers, whatever their state."""
    setup()
    from outreach.subscribers.searching import Filter

    names = ("id", "address", "name", "language", "state", "confirmed_at")
    output.rows(
        (finding.columns(who, *names) for who in Filter(search=search).people()[:most]),
        {
            "id": _("No."),
            "address": _("Address"),
            "name": _("Name"),
            "state": _("State"),
            "confirmed_at": _("Confirmed"),
        },
        _("There are no subscribers yet."),
    )


@app.command()
def proof(address: Annotated[str, typer.Argument(help="The mail address.")]) -> None:
    """Show how and when somebody said yes, with the exact words (or as JSON, to hand over)."""
    setup()
    from outreach.core import dates
    from outreach.subscribers import proving

    found = proving.proof(proving.find(address))
    if output.wants_json():
        return output.machine(found.data())
    output.heading(found.subscriber.address)
    rows = [{**vars(step), "at": dates.exact(step.at)} for step in found.steps]
    names = {
        "at": _("When"),
        "what": _("What"),
        "topic": _("Newsletter"),
        "wording": _("Words"),
        "version": _("Version of the text"),
        "page": _("On the page"),
    }
    return output.rows(rows, names, _("No consent is recorded."))


@app.command()
def merge(
    keep: Annotated[str, typer.Argument(help="The address that stays.")],
    other: Annotated[str, typer.Argument(help="The other address of the same person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Make one subscriber of two who are one person; cannot be undone."""
    setup()
    from outreach.subscribers import merging, proving

    kept, gone = proving.find(keep), proving.find(other)
    if not yes and not output.wants_json():
        typer.confirm(_("Mail then goes to %(address)s only. Go on?") % {"address": kept.address}, abort=True)
    merging.merge(kept, gone)
    output.done(_("%(other)s is %(kept)s now.") % {"other": gone.address, "kept": kept.address}, id=kept.pk)


@app.command()
def tag(
    word: Annotated[str, typer.Argument(help="The tag.")],
    search: Annotated[str, typer.Option(help="Whose address, name or tag holds this.")] = "",
    newsletter: Annotated[str, typer.Option(help="Who gets it: its number or name.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Take it off instead.")] = False,
) -> None:
    """Put a tag on everybody that a search finds."""
    setup()
    from outreach.cli import bringing
    from outreach.subscribers import marking
    from outreach.subscribers.searching import Filter

    topic = _newsletter(newsletter).topic if newsletter else ""
    job = marking.begin(Filter(search=search, topic=topic), word, off=off)
    bringing.tag(job)
    count = job.done
    words = ngettext("Taken off %(count)s person.", "Taken off %(count)s people.", count)
    if not off:
        words = ngettext("Put on %(count)s person.", "Put on %(count)s people.", count)
    output.done(words % {"count": count}, count=count)


def _newsletter(text: str) -> "Newsletter":
    from outreach.newsletters.models import Newsletter

    return finding.one(Newsletter.objects.all(), text, "newsletter", "name", "slug")


def _opened(file: Path) -> BinaryIO:
    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say

    try:
        return file.open("rb")
    except FileNotFoundError:
        raise BadInput(say(N_("There is no file %(path)s."), path=str(file)), "file") from None
    except OSError as error:
        sentence = say(N_("%(path)s cannot be read: %(why)s."), path=str(file), why=error.strerror or "")
        raise BadInput(sentence, "file") from None
