"""Connecting, looking at, pausing: the Pages and profiles that we post on."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from outreach import networks
from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.networks.base import Connection, Health, Network
from outreach.networks.errors import AuthBroken, NetworkError
from outreach.posts.history import INFO, TROUBLE
from outreach.posts.models import Account
from outreach.posts.outcomes import pause_account

_SANDBOX = "sandbox-"
_OPTIONS = frozenset({"automatic", "tag_links"})


def connect(
    network: str, name: str, credentials: Mapping[str, str], by: Any = None, **options: bool
) -> Account:
    """A new account, or new credentials for the one of this network and name. Raises BadInput.

    An empty value never replaces one that is there: a form that leaves a secret blank means "as it was".
    `options`: `automatic` (new entries are posted here), `tag_links`.
    """
    if unknown := options.keys() - _OPTIONS:
        raise TypeError(f"an account has no option {', '.join(sorted(unknown))}")
    kind, name = _network(network), _named(name)
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(network=network, name=name).first()
        if account is None:
            account = _new(network, name)
        account.credentials = _merged(kind, account.credentials, credentials)
        for option, value in options.items():
            setattr(account, option, value)
        account.state, account.reason = Account.State.ACTIVE, NOTHING
        _save(account)
        record(account, say(N_("Connected.")), actor=by)
    return account


def check(account: Account) -> Health:
    """Ask the network whether the account can post; what is wrong is in the answer and on the account."""
    health = _asked(account)
    changes: dict[str, Any] = {"checked_at": clock.now()}
    if health.remote_id:
        changes["remote_id"] = health.remote_id[:100]
    Account.objects.filter(pk=account.pk).update(**changes)
    account.refresh_from_db()
    for problem in health.problems:
        record(account, problem, TROUBLE)
    if not health.problems:
        record(account, say(N_("Checked: it can be posted on.")), INFO)
    return health


def pause(account: Account, by: Any = None, why: str = "") -> None:
    """Send nothing on this account until somebody resumes it. Doing it twice is harmless."""
    reason = say(N_("Paused: %(why)s"), why=why) if why else say(N_("Paused."))
    _change(account, Account.State.ACTIVE, reason, by, state=Account.State.PAUSED, reason=reason)


def resume(account: Account, by: Any = None) -> None:
    """Go on with what is queued, now: a waiting time that the network asked for ends too."""
    fresh = {"state": Account.State.ACTIVE, "reason": NOTHING, "not_before": None}
    if not _change(account, Account.State.PAUSED, say(N_("Resumed.")), by, **fresh):
        Account.objects.filter(pk=account.pk).update(**fresh)
        account.refresh_from_db()


def connection_of(account: Account) -> Connection:
    """How to reach `account`: its credentials, and the address and version from the settings."""
    if is_sandbox(account.network):
        return Connection(
            {**account.credentials, "folder": str(settings.DATA_DIR / "sandbox" / slug(account.name))}
        )
    address, version = {
        "facebook": (settings.FACEBOOK_API_URL, settings.FACEBOOK_API_VERSION),
        "x": (settings.X_API_URL, ""),
    }.get(account.network, ("", ""))
    return Connection(account.credentials, address, version)


def is_sandbox(network: str) -> bool:
    """Whether posts stay on this machine."""
    return network.startswith(_SANDBOX)


def slug(name: str) -> str:
    """The folder of a sandbox account."""
    return slugify(name) or hashlib.sha256(name.encode()).hexdigest()[:12]


def readable(account_id: int) -> Account | None:
    """The account with its credentials; None when they cannot be used: then it is paused, with the reason."""
    try:
        account = Account.objects.get(pk=account_id)
    except OutreachError as error:  # the secret key is another one
        pause_account(account_id, error.sentence)
        return None
    if account.network not in networks.NAMES:
        unknown = say(N_("“%(network)s” is not a network that Outreach knows."), network=account.network)
        pause_account(account_id, unknown)
        return None
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
    others = Account.objects.defer("credentials").filter(network__startswith=_SANDBOX)
    if is_sandbox(network) and slug(name) in {slug(other.name) for other in others}:
        raise BadInput(say(N_("Another trial account has this name. Choose another one.")), "name")
    return Account(network=network, name=name)


def _merged(kind: Network, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    fresh = {key: value.strip() for key, value in given.items() if value.strip()}
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


def _asked(account: Account) -> Health:
    try:
        return networks.get(account.network).check(connection_of(account))
    except AuthBroken as error:
        pause_account(account.pk, error.sentence, error.raw)
        return Health(problems=(error.sentence,))
    except NetworkError as error:
        return Health(problems=(error.sentence,))


def _change(account: Account, from_state: str, sentence: Sentence, by: Any, **changes: Any) -> bool:
    with transaction.atomic():
        changed = Account.objects.filter(pk=account.pk, state=from_state).update(**changes)
        account.refresh_from_db()
        if changed:
            record(account, sentence, actor=by)
    return bool(changed)
