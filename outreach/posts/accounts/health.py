"""How an account is: the network is asked, and what it says is kept."""

from typing import Any

from outreach import networks
from outreach.core import clock
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.networks.base import Health
from outreach.networks.errors import AuthBroken, NetworkError
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.accounts.reaching import connection_of
from outreach.posts.history import INFO, TROUBLE
from outreach.posts.models import Account


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


def _asked(account: Account) -> Health:
    try:
        return networks.get(account.network).check(connection_of(account))
    except AuthBroken as error:
        pause_account(account.pk, error.sentence, error.raw)
        return Health(problems=(error.sentence,))
    except NetworkError as error:
        return Health(problems=(error.sentence,))
