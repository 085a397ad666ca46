"""Connecting the Pages and profiles that we post on."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.networks.base import Network
from outreach.notices.telling import take_back
from outreach.posts.accounts.identifying import another, holder, refuse
from outreach.posts.accounts.pausing import awake
from outreach.posts.accounts.reaching import SANDBOX, is_sandbox, slug
from outreach.posts.models import Account

_OPTIONS = frozenset({"automatic", "tag_links"})


def connect(
    network: str,
    name: str,
    credentials: Mapping[str, str],
    by: Any = None,
    *,
    other: bool = False,
    **options: bool,
) -> Account:
    """A new account, or new credentials for the one of this network and name. Raises BadInput.

    An empty value never replaces one that is there: a form that leaves a secret blank means "as it was".
    `other`: yes, it is another Page or profile than before. `options`: `automatic` (new entries are posted
    here), `tag_links`.
    """
    if unknown := options.keys() - _OPTIONS:
        raise TypeError(f"an account has no option {', '.join(sorted(unknown))}")
    kind, name = _network(network), _named(name)
    with transaction.atomic():
        rows = Account.objects.select_for_update().defer("credentials")
        account = rows.filter(network=network, name=name).first() or _new(network, name)
        known = _known(account)
        merged = _merged(kind, known, credentials)
        if moved := _moved(kind, account, known, merged, other=other):
            account.remote_id = moved
        if merged != known:
            account.token_ends_at = account.renew_at = None  # what is typed in is not renewed
        account.credentials = merged
        for option, value in options.items():
            setattr(account, option, value)
        for column, value in awake(account).items():
            setattr(account, column, value)
        _save(account)
        take_back(account)
        record(account, say(N_("Connected.")), actor=by)
    return account


def _network(name: str) -> Network:
    if name not in networks.NAMES:
        known = ", ".join(networks.NAMES)
        raise BadInput(
            say(N_("“%(network)s” is not a network; use one of %(known)s."), network=name, known=known),
            "network",
        )
    return networks.get(name)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadInput(say(N_("Give the account a name, such as the name of the Page.")), "name")
    if len(name) > 200:
        raise BadInput(say(N_("The name is too long: 200 characters are possible.")), "name")
    return name


def _new(network: str, name: str) -> Account:
    others = Account.objects.defer("credentials").filter(network__startswith=SANDBOX)
    if is_sandbox(network) and slug(name) in {slug(other.name) for other in others}:
        raise BadInput(say(N_("Another trial account has this name. Choose another one.")), "name")
    return Account(network=network, name=name)


def _known(account: Account) -> dict[str, str]:
    """What is stored; nothing when that cannot be read: then all of it is given anew."""
    try:
        return dict(account.credentials)
    except OutreachError:  # stored with another secret key
        return {}


def _moved(
    kind: Network, account: Account, known: Mapping[str, str], merged: Mapping[str, str], *, other: bool
) -> str:
    """The number of the Page or profile when it is another one than before. Raises BadInput when that is not
    meant, or when another account is it already.
    """
    number, before = kind.identity(merged), account.remote_id or kind.identity(known)
    if not number or number in (account.remote_id, kind.identity(known)):
        return ""
    taken = holder(kind.name, number)
    if taken and taken.pk != account.pk:
        raise refuse(account.name, taken, "name")
    if before and not other:
        raise another(account, number, number)
    return number


def _merged(kind: Network, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    fresh = {key: value.strip() for key, value in given.items() if value.strip()}
    if known and not fresh and not kind.lacking(known):
        return dict(known)  # also what a login stored, which no form asks for
    merged = {**known, **fresh}
    for credential in kind.credentials:
        if credential.required and not merged.get(credential.key):
            raise BadInput(say(N_("“%(label)s” is missing."), label=str(credential.label)), credential.key)
    return {one.key: merged[one.key] for one in kind.credentials if one.key in merged}


def _save(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise BadInput(say(N_("There is an account with this name already.")), "name") from None
