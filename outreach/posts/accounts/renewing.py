"""Renewing access tokens that live for hours, before they end.

X takes a refresh token once, and takes back every token of the account when it sees one twice. So one worker
at a time asks (the account's own lease, under which nothing is posted either), and not earlier than needed;
the new pair is stored before anybody uses it; and whatever fails leaves the old pair where it was.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from outreach import networks
from outreach.core.leases import claim, free, settle
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, Sentence, say
from outreach.networks.base import Login, Renewed
from outreach.networks.errors import AuthBroken, NetworkError, NotSent, Throttled
from outreach.posts.accounts import app_keys
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.accounts.reaching import readable
from outreach.posts.history import WARNING
from outreach.posts.models import Account
from outreach.posts.reasons import FINE, why_not

log = structlog.get_logger(__name__)

EARLY = timedelta(minutes=15)
"""How long before its end a token is renewed: longer than the lease of a post, far shorter than its life."""
_LEASE = timedelta(minutes=2)
_AGAIN = timedelta(minutes=1)
_CANDIDATES = 5
_LATE = N_(
    "The access token could not be renewed (%(why)s). It is tried again every minute; what is queued waits."
)


def due(ends: datetime | None) -> datetime | None:
    """When a token that ends then is to be renewed; None for one that does not end."""
    return ends - EARLY if ends else None


def renew_one(now: datetime) -> bool:
    """Renew the token that is due first. False when none is."""
    # An account that a person resumed after its token was refused: it is tried, and said, once more.
    again = Q(renew_at__isnull=True, token_ends_at__isnull=False, state=Account.State.ACTIVE)
    rows = Account.objects.filter(free(now), Q(renew_at__lte=now) | again)
    for pk in list(rows.order_by("renew_at").values_list("pk", flat=True)[:_CANDIDATES]):
        if hold := claim(rows.filter(pk=pk), now, paced(_LEASE)):
            _renew(pk, hold, now)
            return True
    return False


def _renew(pk: int, hold: str, now: datetime) -> None:
    account = readable(pk)
    if account is None:  # paused, with the reason; the key may come back
        _let_go(pk, hold, renew_at=now + timedelta(hours=1))
        return
    network = networks.get(account.network)
    login = next((one for one in network.logins if one.ends(account.credentials)), None)
    if login is None:
        _let_go(pk, hold, renew_at=None, token_ends_at=None)
        return
    try:
        app = app_keys.of_account(network, login, account.credentials)
        # A worker that stood still until its lease was over must not spend a token that another one spends.
        renewed = login.renew(replace(app, until=now + paced(_LEASE) / 2), account.credentials)
    except AuthBroken as error:
        _dead(account, hold, error)
    except NetworkError as error:
        _failed(account, hold, now, error)
    except Exception as error:  # noqa: BLE001 (its traceback would show the tokens)
        # Else the account would stand still when its token ends, and nobody would be told.
        unclear = say(N_("The network gave no clear answer."))
        _failed(account, hold, now, NotSent(unclear, raw=type(error).__name__))
    else:
        _keep(account, hold, renewed, login)


def _keep(account: Account, hold: str, renewed: Renewed, login: Login) -> None:
    """The new pair takes the place of the one that was spent; never that of a login made meanwhile."""
    with transaction.atomic():
        if networks.get(account.network).lacking(renewed.credentials) or not _unchanged(account):
            _let_go(account.pk, hold)
            return
        ends = login.ends(renewed.credentials) or renewed.ends
        changes = {"credentials": dict(renewed.credentials), "token_ends_at": ends, "renew_at": due(ends)}
        rows = Account.objects.filter(pk=account.pk)
        rows.update(**changes)
        if account.reason.text == _LATE:
            rows.update(**FINE)
        _let_go(account.pk, hold)
    log.info("token renewed", account=account.pk)


def _dead(account: Account, hold: str, error: AuthBroken) -> None:
    with transaction.atomic():
        if _unchanged(account):
            Account.objects.filter(pk=account.pk).update(renew_at=None)
            pause_account(account.pk, **why_not(error))
        _let_go(account.pk, hold)


def _failed(account: Account, hold: str, now: datetime, error: NetworkError) -> None:
    log.warning("token not renewed", account=account.pk, error=type(error).__name__)
    until = error.until if isinstance(error, Throttled) else None
    again = min(max(until or now, now + paced(_AGAIN)), now + EARLY)
    with transaction.atomic():
        if _unchanged(account):
            Account.objects.filter(pk=account.pk).update(renew_at=again)
            _tell(account, now, say(_LATE, why=error.sentence), error.raw)
        _let_go(account.pk, hold)


def _tell(account: Account, now: datetime, said: Sentence, raw: str) -> None:
    """Once, and not before it holds anything up."""
    late = account.token_ends_at is not None and account.token_ends_at <= now
    if late and account.state == Account.State.ACTIVE and account.reason.text != _LATE:
        Account.objects.filter(pk=account.pk).update(reason=said)
        record(account, said, WARNING, raw=raw)


def _unchanged(account: Account) -> bool:
    """Whether the account still has the credentials that were used; call it in a transaction."""
    return bool(Account.objects.select_for_update().get(pk=account.pk).credentials == account.credentials)


def _let_go(pk: int, hold: str, **changes: datetime | None) -> None:
    settle(Account.objects.filter(pk=pk), hold, **changes)
