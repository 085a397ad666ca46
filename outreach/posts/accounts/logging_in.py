"""Connecting an account by logging in at its network: begun, answered once, stored whole or not at all.

Pages and the command line go the same way; only the browser differs. No transaction is open while the
network is asked.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction
from django.db.models import QuerySet

from outreach import networks
from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say
from outreach.networks import asking
from outreach.networks.base import Found, Login, Network
from outreach.notices.telling import take_back
from outreach.posts.accounts import app_keys, renewing
from outreach.posts.accounts.identifying import another, holder, identity, refuse
from outreach.posts.accounts.pausing import awake
from outreach.posts.history import WARNING
from outreach.posts.models import Account, Handshake

LIFE = timedelta(minutes=15)
"""How long a person may take; the networks' own codes live shorter."""
_KEPT = timedelta(hours=1)
_GONE = N_("This login is not open any more: it was answered already, or it took too long. Begin again.")

State = Handshake.State


@dataclass(frozen=True)
class Begun:
    """Send the person to `url`."""

    handshake: Handshake
    url: str


def begin(
    network: Network,
    login: Login,
    session: str,
    address: str,
    *,
    account: Account | None = None,
    automatic: bool = True,
) -> Begun:
    """Begin, for the browser of `session`. Raises BadInput without an app, and NetworkError."""
    app = app_keys.of(network, login)
    over(clock.now()).delete()
    start = login.start(app, address, secrets.token_urlsafe(32))
    secret: Any = {"kept": dict(start.kept), "url": start.url}
    made = Handshake.objects.create(
        key=_digest(start.key),
        session=_digest(session),
        network=network.name,
        login=login.name,
        account=account,
        automatic=automatic,
        address=address,
        begun_at=clock.now(),
        secret=secret,
    )
    return Begun(made, start.url)


def over(now: datetime) -> QuerySet[Handshake]:
    """Logins that nobody can go on with: their tokens are not kept longer than that."""
    return Handshake.objects.filter(begun_at__lt=now - _KEPT)


def under_way(pk: int, session: str) -> Handshake:
    """The login with this number, of this browser. Raises OutreachError when it is over."""
    row = Handshake.objects.filter(pk=pk, session=_digest(session), begun_at__gt=clock.now() - LIFE).first()
    if row is None or row.state not in (State.BEGUN, State.OPEN):
        raise OutreachError(say(_GONE))
    return row


def address_of(handshake: Handshake) -> str:
    """Where the person is to go."""
    return str(handshake.secret.get("url", ""))


def way_of(handshake: Handshake) -> tuple[Network, Login]:
    """The network, and the way to log in there."""
    network = networks.get(handshake.network)
    return network, next(one for one in network.logins if one.name == handshake.login)


def account_of(handshake: Handshake) -> Account | None:
    """The account that is connected again, without its credentials; None for a new one."""
    if handshake.account_id is None:
        return None
    return Account.objects.defer("credentials").filter(pk=handshake.account_id).first()


def came_back(network: Network, answer: Mapping[str, str], session: str) -> Handshake:
    """Whose answer this is. Raises OutreachError when this browser asked for none."""
    for login in network.logins:
        key = login.key(answer)
        row = Handshake.objects.filter(key=_digest(key), session=_digest(session), login=login.name).first()
        if key and row and row.network == network.name:
            return row
    raise OutreachError(say(_GONE))


def pasted(handshake: Handshake, text: str) -> dict[str, str]:
    """What a person gives by hand: the number shown, or where the browser ended. Raises BadInput."""
    network, login = way_of(handshake)
    text = text.strip()
    if "://" in text or "?" in text:
        answer = _fields(text)
        if _digest(login.key(answer)) != handshake.key:
            sentence = N_(
                "This is not the address that %(network)s sent you to. Paste all of it, from http on."
            )
            raise BadInput(say(sentence, network=network.label), "answer")
        return answer
    if not text or not login.pin:
        sentence = N_("Paste the whole address at which your browser ended, from http on.")
        raise BadInput(say(sentence), "answer")
    if not (pin := "".join(text.split())).isdecimal():
        # Not sent on: a login is answered once, and a slip of the keyboard would use it up.
        sentence = N_("“%(value)s” is not a number. Type over the number that %(network)s shows.")
        raise BadInput(say(sentence, value=text[:30], network=network.label), "answer")
    return {"pin": pin}


def _fields(address: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(address).query))
    except ValueError:  # such as a bracket without its other half
        return {}


def read(handshake: Handshake, answer: Mapping[str, str]) -> list[Found]:
    """Ask the network what the answer opens. Once: a second reader, or a replay, gets an OutreachError."""
    rows = Handshake.objects.filter(pk=handshake.pk, begun_at__gt=clock.now() - LIFE)
    if not rows.filter(state=State.BEGUN).update(state=State.ANSWERED):
        raise OutreachError(say(_GONE))
    network, login = way_of(handshake)
    try:
        app = app_keys.of(network, login)
        with asking.readable(network.label):
            found = login.finish(app, handshake.address, handshake.secret["kept"], answer)
    except Exception as error:
        rows.update(state=State.DONE, secret={})
        if isinstance(error, OutreachError):
            raw = getattr(error, "raw", "")
            record(account_of(handshake) or handshake, error.sentence, WARNING, raw=raw)
        raise
    secret = {"found": [_kept(one) for one in found]}
    rows.filter(state=State.ANSWERED).update(state=State.OPEN, secret=secret)
    handshake.refresh_from_db()
    return found


def found_by(handshake: Handshake) -> list[Found]:
    """What the answer opened."""
    return [_found(one) for one in handshake.secret.get("found", [])]


def sole(handshake: Handshake) -> Found | None:
    """What is meant without a doubt; None when a person must choose, or nothing can be used."""
    found = found_by(handshake)
    if handshake.account_id:
        known = identity(handshake.account_id)
        found = [one for one in found if one.remote_id == known or not known]
    return found[0] if len(found) == 1 and not found[0].missing else None


def choose(
    handshake: Handshake, remote_id: str, by: Any = None, *, other: bool = False, name: str = ""
) -> Account:
    """Connect this one; a new account is called `name`, or as it is called there. Raises BadInput.

    `other`: yes, it is another Page or profile than before.
    """
    found = next((one for one in found_by(handshake) if one.remote_id == remote_id), None)
    if found is None:
        raise BadInput(say(N_("Choose one of the list.")), "page")
    if found.missing:
        raise BadInput(found.missing[0], "page")
    network, login = way_of(handshake)
    if network.lacking(found.credentials):  # an empty token never takes the place of one that works
        raise BadInput(
            say(N_("%(network)s gave no token. Nothing was changed; begin again."), network=network.label)
        )
    with transaction.atomic():
        rows = Handshake.objects.filter(pk=handshake.pk, state=State.OPEN)
        if not rows.update(state=State.DONE, secret={}):
            raise OutreachError(say(_GONE))
        account, said = _place(handshake, found, other=other, name=name)
        _store(account, found, login)
        record(account, said, actor=by)
    account.refresh_from_db()
    return account


def _place(handshake: Handshake, found: Found, *, other: bool, name: str) -> tuple[Account, Sentence]:
    """The row to write to. Two rows for one Page would post everything twice."""
    again = say(N_("Connected again."))
    same = holder(handshake.network, found.remote_id)
    if handshake.account_id is None:
        return (same, again) if same else (_new(handshake, found, name), say(N_("Connected.")))
    if same and same.pk != handshake.account_id:
        raise refuse(found.name, same, "page")
    account = Account.objects.defer("credentials").get(pk=handshake.account_id)
    known = identity(account.pk)
    if known and known != found.remote_id:
        if not other:
            raise another(account, found.name, found.remote_id)
        again = say(N_("Connected to another one than before: %(name)s."), name=found.name)
    return account, again


def _new(handshake: Handshake, found: Found, name: str) -> Account:
    name = " ".join((name or found.name).split())[:150] or found.remote_id
    if Account.objects.filter(network=handshake.network, name=name).exists():
        name = f"{name} ({found.remote_id})"[:200]
    return Account.objects.create(network=handshake.network, name=name, automatic=handshake.automatic)


def _store(account: Account, found: Found, login: Login) -> None:
    ends = login.ends(found.credentials)
    take_back(account)  # what was to be told of the old keys is not so any more
    Account.objects.filter(pk=account.pk).update(
        **awake(account),
        credentials=dict(found.credentials),
        remote_id=found.remote_id[:100],
        token_ends_at=ends,
        renew_at=renewing.due(ends),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(found: Found) -> dict[str, Any]:
    return {
        "remote_id": found.remote_id,
        "name": found.name,
        "credentials": dict(found.credentials),
        "missing": [one.to_json() for one in found.missing],
    }


def _found(kept: Mapping[str, Any]) -> Found:
    missing = tuple(Sentence.from_json(one) for one in kept["missing"])
    return Found(kept["remote_id"], kept["name"], kept["credentials"], missing)
