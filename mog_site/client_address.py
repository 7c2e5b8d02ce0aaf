"""Who is really at the other end: the client's address, told by proxies we know and nobody else."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.core.exceptions import ImproperlyConfigured

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Who owns one address of an IPv6 network owns all 2^64 of it (RFC 6177 section 2).
_IPV6_SITE_BITS = 64


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return CIDR texts as networks; raises ImproperlyConfigured for one that is none."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}") from error


def parse(text: str) -> Address | None:
    """Return an address as proxies write it: bare, with a port, or bracketed; None for garbage."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_trusted(peer: str, *, proxies: Sequence[Network]) -> bool:
    """Tell whether a peer is one of our own proxies, whose headers may be believed."""
    address = parse(peer)
    return address is not None and any(address in network for network in proxies)


def client_address(peer: str, forwarded_for: str, *, proxies: Sequence[Network]) -> str:
    """Return the client's address, or nothing when even the peer has none.

    peer: the address of the connection. forwarded_for: `X-Forwarded-For`, whose right end was
    written last. The walk goes from right to left and ends at the first hop that is no proxy of
    ours: whatever stands further left is that hop's own claim.
    """
    client = parse(peer)
    hops = forwarded_for.split(",")
    while client and hops and any(client in network for network in proxies):
        further = parse(hops.pop())
        if further is None:
            break
        client = further
    return str(client) if client else ""


def counted_as(address: str) -> str:
    """Return what limits count an address as: itself, or its /64 network."""
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_SITE_BITS), strict=False).network_address)
    return str(parsed) if parsed else "unknown"
