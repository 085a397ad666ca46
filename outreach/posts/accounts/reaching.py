"""How an account is reached: its credentials, and the network's address."""

import hashlib

from django.conf import settings
from django.utils.text import slugify

from outreach import networks
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, say
from outreach.networks.base import Connection, Network
from outreach.networks.errors import NotSent
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.models import Account

SANDBOX = "sandbox-"


def connection_of(account: Account) -> Connection:
    """How to reach `account`: its credentials, and the address and version from the settings.

    Raises NotSent while the access token has ended and the next one is not there yet.
    """
    if is_sandbox(account.network):
        return Connection(
            {**account.credentials, "folder": str(settings.DATA_DIR / "sandbox" / slug(account.name))}
        )
    if account.token_ends_at and account.token_ends_at <= clock.now():
        raise NotSent(say(N_("The access token is being renewed. It goes on after that.")))
    where = addresses(networks.get(account.network))
    return Connection(account.credentials, where.get("api_url", ""), where.get("api_version", ""))


def addresses(network: Network) -> dict[str, str]:
    """The network's addresses and version, by the settings that it names."""
    return {what: str(getattr(settings, name, "")) for what, name in network.settings.items()}


def is_sandbox(network: str) -> bool:
    """Whether posts stay on this machine."""
    return network.startswith(SANDBOX)


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
