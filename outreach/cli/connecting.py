"""`outreach account connect`: logging in at a network from a server without a browser."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.cli.running import setup
from outreach.core.sentences import N_

if TYPE_CHECKING:
    from outreach.networks.base import Found, Login, Network
    from outreach.posts.models import Account, Handshake

_HERE = "command line"  # there is no browser's session: the row is known to this process only


def connect(
    network: Annotated[str, typer.Argument(help="facebook or x.")],
    name: Annotated[str, typer.Argument(help="What to call it; an account of this name is connected again.")],
    way: Annotated[str, typer.Option(help="For X: oauth1 (with a number, the default) or oauth2.")] = "",
    page: Annotated[str, typer.Option(help="The number of the Page, where there are several.")] = "",
    other: Annotated[
        bool, typer.Option("--other", help="It may be another Page or profile than before.")
    ] = False,
    automatic: Annotated[bool, typer.Option(help="Post new articles here.")] = True,
) -> None:
    """Connect an account by logging in: open the address that is shown, and give back what you get there."""
    setup()
    from django.conf import settings

    from outreach.posts.accounts import logging_in

    chosen = _network(network)
    login = _login(chosen, way)
    known = _known(chosen, name)
    # The same address as in the pages: one is enough in the app. With a number none is needed.
    address = "" if login.pin else f"{settings.BASE_URL}/accounts/callback/{chosen.name}/"
    begun = logging_in.begin(chosen, login, _HERE, address, account=known, automatic=automatic)
    _show(login, begun.url)
    found = logging_in.read(begun.handshake, logging_in.pasted(begun.handshake, _line()))
    remote_id = _which(chosen, begun.handshake, found, page)
    account = logging_in.choose(begun.handshake, remote_id, other=other, name=name)
    output.done(
        _("%(name)s is connected.") % {"name": account.name},
        id=account.pk,
        name=account.name,
        remote_id=account.remote_id,
    )


def app_keys(
    network: Annotated[str, typer.Argument(help="facebook or x.")],
    keys: Annotated[
        str, typer.Option(help="A JSON file with the keys, or - for standard input; asked for when left out.")
    ] = "",
) -> None:
    """Enter the keys of your organisation's own app at a network; they are kept encrypted."""
    setup()
    from outreach.cli.account import _from_file
    from outreach.posts.accounts import app_keys as stored

    chosen = _network(network)
    given = _from_file(keys) if keys else _asked(chosen)
    stored.save(chosen, given)
    output.done(_("The app at %(network)s is known.") % {"network": chosen.label}, keys=stored.where(chosen))


def _network(name: str) -> "Network":
    from outreach import networks
    from outreach.core.errors import BadInput
    from outreach.core.sentences import say

    known = [one.name for one in networks.every() if one.logins]
    if name not in known:
        sentence = N_("One logs in at %(known)s, not at “%(network)s”.")
        raise BadInput(say(sentence, network=name, known=", ".join(known)), "network")
    return networks.get(name)


def _login(network: "Network", way: str) -> "Login":
    from outreach.core.errors import BadInput
    from outreach.core.sentences import say

    names = [one.name for one in network.logins]
    if way and way not in names:
        sentence = N_("“%(way)s” is no way to log in at %(network)s; use %(known)s.")
        said = say(sentence, way=way, network=network.label, known=", ".join(names))
        raise BadInput(said, "way")
    return network.logins[names.index(way) if way else 0]


def _known(network: "Network", name: str) -> "Account | None":
    from outreach.posts.models import Account

    return (
        Account.objects.defer("credentials").filter(network=network.name, name=" ".join(name.split())).first()
    )


def _show(login: "Login", url: str) -> None:
    """On standard error: what a program reads stays JSON."""
    asked = (
        _("Then type the number that you are shown there:")
        if login.pin
        else _("Then paste the whole address at which your browser ends, also when that page does not open:")
    )
    print(
        f"{_(login.about)}\n\n{_('Open this address in a browser:')}\n{url}\n\n{asked}",
        file=sys.stderr,
        flush=True,
    )


def _line() -> str:
    return sys.stdin.readline().strip()


def _which(network: "Network", handshake: "Handshake", found: "list[Found]", page: str) -> str:
    """The number of the one that is meant: as given, without a doubt, or as chosen from the list."""
    from outreach.core.errors import BadInput, OutreachError
    from outreach.core.sentences import say
    from outreach.posts.accounts import logging_in

    if page:
        return page
    if only := logging_in.sole(handshake) or (found[0] if len(found) == 1 else None):
        return only.remote_id
    if not found:
        sentence = N_("%(network)s shows no Page of yours to this app. Log in as somebody who runs the Page.")
        raise OutreachError(say(sentence, network=network.label))
    if not sys.stdin.isatty():
        listed = ", ".join(f"{one.remote_id} ({one.name})" for one in found)
        sentence = N_("There are several: %(listed)s. Begin again, and say which one with --page.")
        raise BadInput(say(sentence, listed=listed), "page")
    for one in found:
        print("\n    ".join([f"{one.remote_id}  {one.name}", *map(str, one.missing)]), file=sys.stderr)
    return str(typer.prompt(_("The number of the Page"), err=True))


def _asked(network: "Network") -> dict[str, str]:
    from outreach.posts.accounts import app_keys as stored

    if not sys.stdin.isatty():
        return {}
    return {
        one.key: typer.prompt(_(one.label), hide_input=one.secret, default="", show_default=False)
        for one in stored.asked(network)
    }
