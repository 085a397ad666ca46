"""`outreach account`: the Pages and profiles that are posted on."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from outreach.cli import connecting, finding, output
from outreach.cli.running import TROUBLE, setup

if TYPE_CHECKING:
    from outreach.posts.models import Account

app = typer.Typer(help="The Pages and profiles that are posted on.", no_args_is_help=True)


@app.command()
def add(
    network: Annotated[str, typer.Argument(help="facebook, x, sandbox-facebook or sandbox-x.")],
    name: Annotated[str, typer.Argument(help="What to call it, such as the name of the Page.")],
    credentials: Annotated[
        str, typer.Option(help="A JSON file with the keys, or - for standard input; asked for when left out.")
    ] = "",
    automatic: Annotated[
        bool | None,
        typer.Option(help="Post new articles here; for a new account yes, a known one stays as it is."),
    ] = None,
    other: Annotated[
        bool, typer.Option("--other", help="It may be another Page or profile than before.")
    ] = False,
) -> None:
    """Connect an account, or give a known one new keys."""
    setup()
    from outreach.posts.accounts import connecting

    given = _from_file(credentials) if credentials else _asked(network)
    options = {} if automatic is None else {"automatic": automatic}
    account = connecting.connect(network, name, given, other=other, **options)
    output.done(_("%(name)s is connected.") % {"name": account.name}, id=account.pk, name=account.name)


app.command("connect")(connecting.connect)
app.command("app")(connecting.app_keys)


@app.command("list")
def list_() -> None:
    """The accounts, and how they are."""
    setup()
    from outreach.posts.models import Account

    names = ("id", "name", "network", "state", "automatic", "reason", "not_before")
    output.rows(
        (finding.columns(account, *names) for account in Account.objects.defer("credentials")),
        {
            "id": _("No."),
            "name": _("Account"),
            "network": _("Network"),
            "state": _("State"),
            "reason": _("Reason"),
        },
        _("No account is connected yet. Add one with: outreach account add NETWORK NAME"),
    )


@app.command()
def check(
    which: Annotated[
        list[str] | None, typer.Argument(help="Accounts: their numbers or names; all when none is named.")
    ] = None,
) -> None:
    """Ask the networks whether the accounts can post."""
    setup()
    from outreach.posts.accounts import reaching
    from outreach.posts.models import Account

    known = Account.objects.defer("credentials")
    chosen = [finding.one(known, one, "account", "name") for one in which or []] or list(known)
    looks = [_look(account.pk, account.name, reaching.readable(account.pk)) for account in chosen]
    if output.wants_json():
        output.machine(looks)
    for look in looks if not output.wants_json() else ():
        _say(look)
    if any(look["problems"] for look in looks):
        raise typer.Exit(TROUBLE)


def _look(number: int, name: str, account: "Account | None") -> dict[str, Any]:
    """One account, asked; one whose keys cannot be read was paused for that a moment ago."""
    from outreach.posts.accounts import health
    from outreach.posts.models import Account

    look: dict[str, Any] = {"id": number, "name": name, "remote_name": "", "problems": []}
    if account is None:
        reason = Account.objects.values_list("reason", flat=True).get(pk=number)
        problem = {
            "kind": "keys",
            "severity": "broken",
            "sentence": str(reason),
            "advice": "",
            "ends_at": None,
        }
        return look | {"problems": [problem]}
    found = health.check(account)
    problems = [
        {
            "kind": one.kind,
            "severity": one.severity.value,
            "sentence": str(one),
            "advice": str(one.advice),
            "ends_at": one.ends_at,
        }
        for one in found.problems
    ]
    return look | {"remote_name": found.name, "problems": problems}


def _say(look: dict[str, Any]) -> None:
    if not look["problems"]:
        print(_("%(name)s can be posted on.") % {"name": look["name"]})
    for problem in look["problems"]:
        print(f"{look['name']}: {problem['sentence']}", file=sys.stderr)
        if problem["advice"]:
            print(f"  {problem['advice']}", file=sys.stderr)


@app.command()
def hours(
    which: Annotated[str, typer.Argument(help="The account: its number or name.")],
    slots: Annotated[
        str | None, typer.Option(help="Times of the week, such as “ma-vr 9:00,12:30; za 10:00”, or none.")
    ] = None,
    quiet: Annotated[
        str | None, typer.Option(help="When nothing goes out, such as “21:00-7:30; za; zo”, or none.")
    ] = None,
    distance: Annotated[
        int | None, typer.Option(help="The least time between two posts, in minutes; 0 for no rule.")
    ] = None,
) -> None:
    """When posts go out on an account; with an option, change it."""
    setup()
    from outreach.cli import account_hours
    from outreach.posts.models import Account

    account = finding.one(Account.objects.defer("credentials"), which, "account", "name")
    if (slots, quiet, distance) != (None, None, None):
        account_hours.change(account, slots, quiet, distance)
    account_hours.show(account)


@app.command()
def pictures(
    which: Annotated[str, typer.Argument(help="The account: its number or name.")],
    attach: Annotated[
        str | None, typer.Option("--pictures", help="card (the link shows it) or attach (to the post).")
    ] = None,
    needs_words: Annotated[
        bool | None,
        typer.Option(help="Wait for a person when nobody described the picture; else it is left out."),
    ] = None,
    look_first: Annotated[
        bool | None, typer.Option(help="Look whether the page is there before a post goes out.")
    ] = None,
) -> None:
    """What happens with the picture of an article, and with its page; with an option, change it."""
    setup()
    from outreach.posts.accounts import picturing
    from outreach.posts.models import Account

    account = finding.one(Account.objects.defer("credentials"), which, "account", "name")
    picturing.change(account, pictures=attach, needs_words=needs_words, looks_first=look_first)
    names = ("id", "name", "pictures", "needs_words", "looks_first")
    output.rows(
        [finding.columns(account, *names)],
        {
            "name": _("Account"),
            "pictures": _("Pictures"),
            "needs_words": _("Waits for words"),
            "looks_first": _("Looks at the page first"),
        },
        "",
    )


@app.command("set")
def set_(
    which: Annotated[str, typer.Argument(help="The account: its number or name.")],
    budget: Annotated[str | None, typer.Option(help="US dollars a month, or none.")] = None,
    links: Annotated[
        bool | None, typer.Option("--links/--no-links", help="Whether posts carry their link here.")
    ] = None,
    no_links_from: Annotated[
        list[str] | None, typer.Option(help="Sources whose posts carry none here, or none.")
    ] = None,
    price: Annotated[str | None, typer.Option(help="What a post costs, or none for the usual.")] = None,
    price_link: Annotated[str | None, typer.Option(help="The same for one with a link.")] = None,
) -> None:
    """What an account may cost, where posting is billed; without options: what this month costs."""
    setup()
    from outreach.cli import account_costs
    from outreach.posts.models import Account

    account = finding.one(Account.objects.defer("credentials"), which, "account", "name")
    given = {"budget": budget, "price_plain": price, "price_link": price_link}
    account_costs.change(account, given, links, no_links_from or [])
    account_costs.show(account)


def _from_file(path: str) -> dict[str, str]:
    from pathlib import Path

    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say

    try:
        read = json.loads(sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        sentence = N_('“%(path)s” cannot be read as JSON such as {"token": "…"}.')
        raise BadInput(say(sentence, path=path), "credentials")
    return read


def _asked(network: str) -> dict[str, str]:
    from outreach import networks

    if network not in networks.NAMES or not sys.stdin.isatty():
        return {}
    return {
        credential.key: typer.prompt(
            str(credential.label), hide_input=credential.secret, default=None if credential.required else ""
        )
        for credential in networks.get(network).credentials
    }
