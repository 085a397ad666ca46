"""Which Page or profile at the network an account is. Two accounts for one would post everything twice."""

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.posts.models import Account


def identity(account_id: int) -> str:
    """The number at the network of the Page or profile that the account is; "" when nothing tells it."""
    row = Account.objects.defer("credentials").get(pk=account_id)
    return row.remote_id or _by_keys(row)


def holder(network: str, remote_id: str) -> Account | None:
    """The account that is this Page or profile, without its credentials."""
    rows = Account.objects.defer("credentials").filter(network=network)
    return next((row for row in rows if remote_id in (row.remote_id, _by_keys(row))), None)


def refuse(name: str, taken: Account, field: str) -> BadInput:
    """`name` is another account already."""
    sentence = N_("“%(name)s” is connected already, as “%(account)s”. Connect that one again.")
    return BadInput(say(sentence, name=name, account=taken.name), field)


def another(account: Account, name: str, number: str) -> BadInput:
    """The warning that what is queued would go elsewhere; field "other" says that it is meant."""
    sentence = N_(
        "“%(name)s” (%(number)s) is another one than “%(account)s” was until now. What is queued would be "
        "posted there. Confirm that you mean it, or go back."
    )
    return BadInput(say(sentence, name=name, number=number, account=account.name), "other")


def _by_keys(row: Account) -> str:
    try:
        return networks.get(row.network).identity(row.credentials)
    except OutreachError:  # stored with another secret key
        return ""
