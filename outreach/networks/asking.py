"""What the logins of all networks share: asking, and reading what comes back.

Nothing is posted here, so followers never see a lost answer; but it may cost a token that is used once.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from outreach.core.sentences import N_, say
from outreach.networks.errors import Ambiguous, AuthBroken, NetworkError, NotSent

if TYPE_CHECKING:
    import requests


def ask(call: Callable[[], "requests.Response"], network: str, hidden: Iterable[str]) -> "requests.Response":
    """The answer. Raises NotSent when the network was not reached, Ambiguous when its answer is lost."""
    import requests

    from outreach.networks import wire

    try:
        return call()
    except requests.RequestException as error:
        found = wire.failure(error, network, hidden)
    if isinstance(found, NotSent):
        sentence = N_("%(network)s could not be reached. Nothing was changed here; try again.")
        raise NotSent(say(sentence, network=network), found.raw)
    raise unclear(network, found.raw)


def unclear(network: str, raw: str) -> Ambiguous:
    """No usable answer came."""
    sentence = N_("%(network)s gave no clear answer. Nothing was changed here; try again.")
    return Ambiguous(say(sentence, network=network), raw)


@contextmanager
def readable(network: str) -> Iterator[None]:
    """Within the block an answer of another shape than documented is an unclear one."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise unclear(network, type(error).__name__) from None


def refused(network: str, said: str, raw: str = "") -> AuthBroken:
    """The network says no, in its own words."""
    sentence = N_("%(network)s refused: %(said)s. Begin again.")
    return AuthBroken(say(sentence, network=network, said=said.strip().rstrip(".") or "?"), raw)


def strange(network: str) -> AuthBroken:
    """An answer to something else than what was asked."""
    sentence = N_("This answer of %(network)s does not belong to what was begun here. Begin again.")
    return AuthBroken(say(sentence, network=network))


def denied(network: str) -> AuthBroken:
    """The person pressed Cancel."""
    sentence = N_("You did not give permission at %(network)s, so nothing was connected. Begin again.")
    return AuthBroken(say(sentence, network=network))


def told(answer: Mapping[str, str], network: str) -> NetworkError | None:
    """What an answer without permission says (RFC 6749, 4.1.2.1); None when it is none."""
    kind = answer.get("error") or answer.get("error_code") or ""
    if kind == "access_denied" or answer.get("error_reason") == "user_denied" or "denied" in answer:
        return denied(network)
    said = answer.get("error_description") or answer.get("error_message") or kind
    return refused(network, said[:200]) if kind else None


def address(base: str, **fields: str) -> str:
    """`base` with these fields behind it; empty ones are left out."""
    return f"{base}?{urlencode({name: value for name, value in fields.items() if value})}"


def verifier() -> str:
    """A code verifier of RFC 7636: 64 characters that nobody guesses."""
    return secrets.token_urlsafe(48)
