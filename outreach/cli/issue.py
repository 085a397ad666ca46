"""`outreach issue`: newsletters going out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import TROUBLE, setup

if TYPE_CHECKING:
    from outreach.newsletters.models import Issue

app = typer.Typer(help="Newsletters going out.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The number of the issue.")]


@app.command("list")
def list_(most: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 30) -> None:
    """The issues, and how far they are."""
    setup()
    from outreach.newsletters.models import Issue

    output.rows(
        (_row(issue) for issue in Issue.objects.select_related("newsletter")[:most]),
        {
            "id": _("No."),
            "newsletter": _("Newsletter"),
            "subject": _("Subject"),
            "slot": _("Date"),
            "state": _("State"),
            "reason": _("Reason"),
        },
        _("There are no issues yet."),
    )


@app.command()
def make(
    newsletter: Annotated[str, typer.Argument(help="The newsletter: its number or name.")],
    own: Annotated[
        bool, typer.Option("--own", help="Also when nothing is new: for words of your own.")
    ] = False,
) -> None:
    """Make an issue of what is new, outside the schedule: a draft to look at."""
    setup()
    from outreach.newsletters import issues
    from outreach.newsletters.models import Newsletter

    row = finding.one(Newsletter.objects.all(), newsletter, "newsletter", "name", "slug")
    issue = issues.make_now(row, own_words=own)
    output.done(
        _("Issue %(number)s is made; look at it, then approve it.") % {"number": issue.pk}, **_row(issue)
    )


@app.command()
def letter(
    newsletter: Annotated[str, typer.Argument(help="The newsletter: its number or name.")],
    segment: Annotated[str, typer.Option(help="Only to its readers in this segment: number or name.")] = "",
    subject: Annotated[str, typer.Option(help="What readers see first.")] = "",
    words: Annotated[str, typer.Option(help="A file with the letter in Markdown; - reads it here.")] = "",
) -> None:
    """Begin a letter of your own: to all readers, or to a segment. It uses up no article of the website."""
    setup()
    from outreach.cli import issue_letter
    from outreach.newsletters.models import Newsletter

    row = finding.one(Newsletter.objects.all(), newsletter, "newsletter", "name", "slug")
    issue = issue_letter.write(row, segment, subject, words)
    done = _("Letter %(number)s is begun; look at it, then approve it.") % {"number": issue.pk}
    output.done(f"{done} {issue_letter.told(issue)}", **{**_row(issue), **issue_letter.data(issue)})


@app.command()
def to(
    number: Number,
    segment: Annotated[str, typer.Argument(help="The segment: its number or name.")] = "",
    everybody: Annotated[bool, typer.Option("--all", help="To all readers of its newsletter.")] = False,
) -> None:
    """To whom an issue goes, and how many they are. With a segment, or --all: let a letter go there."""
    setup()
    from outreach.cli import issue_letter

    issue = _issue(number)
    if segment or everybody:
        return issue_letter.choose(issue, "" if everybody else segment)
    return output.done(issue_letter.told(issue), **issue_letter.data(issue))


@app.command()
def publish(
    number: Number,
    off: Annotated[bool, typer.Option("--off", help="Take it out of the archive.")] = False,
) -> None:
    """Show a letter in the archive of its newsletter, for everybody."""
    setup()
    from outreach.newsletters import audience

    issue = _issue(number)
    audience.publish(issue, not off)
    said = _("It is not in the archive.") if off else _("Everybody may read it in the archive.")
    output.done(said, id=issue.pk, public=issue.public)


@app.command()
def show(number: Number) -> None:
    """What stands in an issue, what it says, and to how many it went."""
    setup()
    from outreach.cli import issue_content, issue_letter
    from outreach.newsletters import issues, sending

    issue = _issue(number)
    rendered, parts = issues.preview(issue), issue_content.sections(issue)
    if output.wants_json():
        progress = vars(sending.progress(issue))
        said = {"sections": parts, "text": rendered.text, "html": rendered.html}
        return output.machine({**_row(issue), **issue_letter.data(issue), **said, "progress": progress})
    print(f"{rendered.subject}\n")
    if issue.letter:
        print(f"{issue_letter.told(issue)}\n")
    if parts or not issue.intro:  # a letter is often nothing but its words, which follow
        issue_content.show(parts)
    print(f"\n{rendered.text}")
    return None


@app.command("put-in")
def put_in(number: Number, url: Annotated[str, typer.Argument(help="The address of the article.")]) -> None:
    """Put an article into a draft by hand, whatever kept it out; also an old one."""
    setup()
    from outreach.feeds.why import why
    from outreach.newsletters import issues

    issue, (entry, _log) = _issue(number), why(url)
    output.done(str(issues.put_in(issue, entry)), id=issue.pk, entry=entry.pk)


@app.command()
def check(number: Number) -> None:
    """Look over a draft before it goes out; ends with 1 when something must be mended first."""
    setup()
    from outreach.cli import issue_check
    from outreach.newsletters import issues

    if issue_check.show(issues.findings(_issue(number))):
        raise typer.Exit(TROUBLE)


@app.command()
def approve(number: Number) -> None:
    """Let an issue go out."""
    _change(number, "approve")


@app.command()
def pause(number: Number) -> None:
    """Stop the sending for now."""
    _change(number, "pause")


@app.command()
def resume(number: Number) -> None:
    """Go on sending."""
    _change(number, "resume")


@app.command()
def hold(number: Number) -> None:
    """Do not let a draft go out by itself: somebody has to approve it."""
    _change(number, "hold")


@app.command()
def release(number: Number) -> None:
    """Let a draft go out by itself at its time, or at once when that has passed."""
    _change(number, "release")


@app.command()
def reopen(number: Number) -> None:
    """Make an approved issue whose time has not come a draft again."""
    _change(number, "reopen")


@app.command()
def cancel(number: Number) -> None:
    """Do not send what has not been sent yet."""
    _change(number, "cancel")


@app.command()
def watch(
    number: Number,
    once: Annotated[bool, typer.Option("--once", help="Say how far it is now, and no more.")] = False,
) -> None:
    """Follow an issue while it goes out: how far, how fast, how long still, and what it waits for."""
    setup()
    from outreach.cli import watching

    watching.watch(_issue(number), once=once)


@app.command()
def deliveries(
    number: Number,
    which: Annotated[str, typer.Option(help="all, sent, waiting, refused, doubt or stopped.")] = "all",
    as_csv: Annotated[
        bool, typer.Option("--csv", help="A file for a spreadsheet, on standard output.")
    ] = False,
    most: Annotated[int, typer.Option(help="How many, of a table.", min=1)] = 100,
) -> None:
    """Who got an issue, and what the mail server said."""
    setup()
    from outreach.cli import watching

    watching.deliveries(_issue(number), which, as_csv=as_csv, most=most)


@app.command()
def retry(
    number: Number,
    address: Annotated[
        list[str] | None, typer.Argument(help="Whom to try again; without: all refused.")
    ] = None,
    gone_too: Annotated[
        bool, typer.Option("--gone-too", help="Also addresses that the mail server says do not exist.")
    ] = False,
) -> None:
    """Send once more what was refused, or what was put off and cannot wait."""
    setup()
    from outreach.cli import watching

    watching.retry(_issue(number), address or [], gone_too=gone_too)


@app.command()
def test(number: Number, address: Annotated[str, typer.Argument(help="Who gets the test mail.")]) -> None:
    """Mail an issue to one address, to look at it."""
    setup()
    from outreach.newsletters import issues

    issues.send_test(_issue(number), address)
    output.done(_("A test mail is on its way to %(address)s.") % {"address": address})


def _change(number: str, action: str) -> None:
    setup()
    from outreach.newsletters import issues

    issue = _issue(number)
    getattr(issues, action)(issue, None)
    issue.refresh_from_db()
    sentences = {
        "approve": _("Issue %(number)s is approved."),
        "pause": _("Issue %(number)s is paused."),
        "resume": _("Issue %(number)s goes on."),
        "hold": _("Issue %(number)s is held: it does not go out by itself."),
        "release": _("Issue %(number)s goes out by itself: at its time, or at once when that has passed."),
        "reopen": _("Issue %(number)s is a draft again."),
        "cancel": _("Issue %(number)s is cancelled."),
    }
    said = sentences[action] % {"number": issue.pk}
    if issue.letter and action == "approve":
        from outreach.cli import issue_letter

        said = f"{said} {issue_letter.told(issue)}"
    output.done(said, id=issue.pk, state=issue.state)


def _issue(number: str) -> "Issue":
    from outreach.newsletters.models import Issue

    return finding.one(Issue.objects.select_related("newsletter"), number, "issue")


def _row(issue: "Issue") -> dict[str, Any]:
    names = ("id", "subject", "slot", "state", "reason", "started_at", "finished_at")
    return {
        **finding.columns(issue, *names),
        "newsletter": issue.newsletter.name,
        "segment": issue.audience.get("name", ""),
    }
