"""Which addresses of mail are somebody's, and which only stand for one (RFC 2606)."""

import re

_DOCUMENTED = re.compile(
    rb"(?:^|\.)(?:example(?:\.[a-z]+)?|test|invalid|localhost|local)$|^(?:your|my|some)[a-z-]*\."
    rb"|^(?:company|domain|acme|email|mail)\.(?:com|org|net)$"
)


def is_real(address: bytes) -> bool:
    """Tell an address of somebody."""
    return not _DOCUMENTED.search(address.lower().rpartition(b"@")[2])
