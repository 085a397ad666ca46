"""Which addresses are on the public internet."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# `is_global` of Python 3.11 calls these public, yet they lead into private networks (translation, tunnels),
# or nowhere (documentation, anycast relays).
_NOT_PUBLIC = tuple(
    ip_network(net)
    for net in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)


def is_public(address: str) -> bool:
    """Whether the IP `address` is on the public internet; a stranger may send us to no other."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not (ip.is_multicast or ip.is_reserved) and not _denied(ip)


def _denied(ip: IPv4Address | IPv6Address) -> bool:
    return any(ip.version == net.version and ip in net for net in _NOT_PUBLIC)
