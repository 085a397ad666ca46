"""The organisation's own app at each network: its keys, from the environment or from a page."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.networks import base
from outreach.networks.base import Credential, Login, Network
from outreach.posts.accounts.reaching import addresses
from outreach.posts.models import App

SERVER, HERE, NOWHERE = "server", "here", ""


def asked(network: Network) -> list[Credential]:
    """Every key that one of the network's logins needs, once."""
    return list({one.key: one for login in network.logins for one in login.app}.values())


def where(network: Network) -> dict[str, str]:
    """For each key whether it is set on the server, stored here, or nowhere. The keys stay where they are."""
    stored = _stored(network.name)
    return {
        one.key: SERVER if _on_the_server(one) else HERE if stored.get(one.key) else NOWHERE
        for one in asked(network)
    }


def lacking(network: Network, login: Login) -> list[Credential]:
    """The keys that must be entered before this login can be used."""
    known = values(network)
    return [one for one in login.app if one.required and not known.get(one.key)]


def values(network: Network) -> dict[str, str]:
    """The keys that there are; what the server sets wins."""
    stored = _stored(network.name)
    found = {one.key: _on_the_server(one) or stored.get(one.key, "") for one in asked(network)}
    return {key: value for key, value in found.items() if value}


def of(network: Network, login: Login) -> base.App:
    """The app as this login needs it. Raises BadInput when a key is missing."""
    for one in lacking(network, login):
        sentence = N_(
            "“%(label)s” of your app at %(network)s is missing. Enter it on the page “Apps of your own”."
        )
        raise BadInput(say(sentence, label=str(one.label), network=network.label), one.key)
    known = values(network)
    return _app(network, {one.key: known.get(one.key, "") for one in login.app})


def of_account(network: Network, login: Login, credentials: Mapping[str, str]) -> base.App:
    """The app that these credentials belong to; with its present secret, where that was changed."""
    keys = {one.key: credentials.get(one.key, "") for one in login.app}
    known, identity = values(network), login.app[0].key
    if known.get(identity) == keys[identity]:
        keys |= {key: known[key] for key in keys if known.get(key)}
    return _app(network, keys)


def save(network: Network, given: Mapping[str, str], by: Any = None) -> None:
    """Keep these keys; one that is left empty stays as it was. Raises BadInput."""
    fresh = {one.key: _clean(one, given.get(one.key, "")) for one in asked(network)}
    fresh = {key: value for key, value in fresh.items() if value}
    with transaction.atomic():
        rows = App.objects.select_for_update().defer("keys")
        row = rows.filter(pk=network.name).first() or App(network=network.name)
        known = _stored(network.name)
        _whole(network, known, fresh)
        if not fresh or {**known, **fresh} == known:
            return
        row.keys, row.changed_at = {**known, **fresh}, clock.now()
        row.save()
        record(
            row, say(N_("The keys of the app at %(network)s were entered."), network=network.label), actor=by
        )


def _whole(network: Network, known: Mapping[str, str], fresh: Mapping[str, str]) -> None:
    """Another app has another secret: one without the other would fail much later, and not say why."""
    for login in network.logins:
        first, *rest = login.app
        changed = first.key in fresh and fresh[first.key] != known.get(first.key)
        for one in rest if changed else ():
            if one.required and not fresh.get(one.key) and not _on_the_server(one):
                raise BadInput(say(N_("“%(label)s” is missing."), label=str(one.label)), one.key)


def _clean(credential: Credential, typed: str) -> str:
    value = typed.strip()
    if len(value) > 200 or len(value.split()) > 1 or not value.isprintable():
        sentence = N_("“%(label)s” is one word without spaces, as the network shows it. Copy it again.")
        raise BadInput(say(sentence, label=str(credential.label)), credential.key)
    return value


def _stored(network: str) -> dict[str, str]:
    try:
        row = App.objects.filter(pk=network).first()
    except OutreachError:  # stored with another secret key: they are entered again
        return {}
    return dict(row.keys) if row else {}


def _on_the_server(credential: Credential) -> str:
    return str(getattr(settings, credential.setting, "") or "") if credential.setting else ""


def _app(network: Network, keys: Mapping[str, str]) -> base.App:
    where = addresses(network)
    return base.App(keys, where.get("api_url", ""), where.get("api_version", ""), where.get("login_url", ""))
