"""Hosts that are numbers (RFC 3986, section 7.4)."""

import ipaddress
import re
from functools import cache

from scanning.rules.link.addresses import Host

# What documentation writes for any number, and resolvers that everybody knows.
_KNOWN = frozenset(
    {
        *("1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "208.67.222.222", "4.4.4.4"),
        *("114.114.114.114", "223.5.5.5", "119.29.29.29", "1.2.3.4", "5.6.7.8", "4.3.2.1"),
        *("11.22.33.44", "12.34.56.78", "123.45.67.89", "9.8.7.6", "2.3.4.5"),
    }
)
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_PART = r"(?:0x[0-9a-f]{1,16}|[0-9]{1,16})"
_ANY_FORM = re.compile(rf"{_PART}(?:\.{_PART}){{0,3}}")


def is_public(host: Host) -> bool:
    """Tell a bare address at which strangers answer."""
    bare = host.name.strip("[]")
    return bool(_DOTTED.fullmatch(bare) or ":" in bare) and _is_strangers(bare)


def is_disguised(host: Host) -> bool:
    """Tell a public IPv4 address in a form that is no address to people."""
    if _DOTTED.fullmatch(host.name) or not _ANY_FORM.fullmatch(host.name):
        return False
    *first, last = map(_integer, host.name.split("."))
    number = sum(part << 8 * (3 - place) for place, part in enumerate(first)) + last
    return number < 1 << 32 and _is_strangers(str(ipaddress.IPv4Address(number)))


def _integer(part: str) -> int:
    if part.startswith("0x"):
        return int(part, 16)
    is_octal = part.startswith("0") and not set(part) & {"8", "9"}
    return int(part, 8 if is_octal else 10)


@cache
def _is_strangers(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # The same number four times is written for any.
    is_placeholder = text in _KNOWN or len(set(text.split(".") if "." in text else text)) == 1
    return address.is_global and not address.is_multicast and not is_placeholder
