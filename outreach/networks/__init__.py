"""The networks, one folder each. Adding one: write the folder, add its line to `_WHERE`."""

from functools import cache
from importlib import import_module

from outreach.networks.base import Network

_WHERE = {
    "facebook": "outreach.networks.facebook.network:Facebook",
    "x": "outreach.networks.x.network:X",
    "sandbox-facebook": "outreach.networks.sandbox:SandboxFacebook",
    "sandbox-x": "outreach.networks.sandbox:SandboxX",
}

NAMES = tuple(_WHERE)


@cache
def get(name: str) -> Network:
    """The network called `name`. Raises KeyError for one that is not in the house."""
    module, _, attribute = _WHERE[name].partition(":")
    network: Network = getattr(import_module(module), attribute)()
    return network


def every() -> list[Network]:
    """All networks, in the order of the list."""
    return [get(name) for name in _WHERE]
