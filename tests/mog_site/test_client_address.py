"""The client's address: believed from our proxies only, whatever a header claims."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from mog_site.client_address import client_address, counted_as, is_trusted, networks

_PROXIES = networks(["10.0.0.0/8", "fd00::/8", "127.0.0.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        # no proxy of ours: its header is its own claim
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", "", "203.0.113.9"),
        # one proxy; what the client put further left is a claim too
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        # two proxies of ours in a row
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        # nobody further: the proxy itself
        ("10.0.0.1", "", "10.0.0.1"),
        # garbage ends the walk where it stands
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "'; DROP TABLE, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", ",,,", "10.0.0.1"),
        # ports, brackets, mapped and scoped addresses
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "2001:DB8:0::1", "2001:db8::1"),
        ("fd00::5", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "198.51.100.1", "fe80::1"),
        # a Unix socket has no address
        ("", "198.51.100.1", ""),
    ],
)
def test_the_walk_ends_at_the_first_hop_that_is_not_ours(
    peer: str, forwarded_for: str, client: str
) -> None:
    assert client_address(peer, forwarded_for, proxies=_PROXIES) == client


def test_without_proxies_nothing_is_believed() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", proxies=()) == "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", "unknown"),
    ],
)
def test_a_whole_ipv6_network_counts_as_one(address: str, key: str) -> None:
    assert counted_as(address) == key


def test_a_mapped_proxy_is_the_proxy() -> None:
    assert is_trusted("::ffff:127.0.0.1", proxies=_PROXIES)
    assert not is_trusted("garbage", proxies=_PROXIES)


def test_a_wrong_network_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        networks(["10.0.0.1/8"])
