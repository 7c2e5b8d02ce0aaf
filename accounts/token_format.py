"""The written form of a token: recognisable when leaked, refused offline when mistyped.

`mog_pat_` (personal), `mog_cli_` (device) or `mog_org_` (organization), then 30 random base62
characters (178 bit), then the CRC32 of everything before it as 6 base62 characters. The shape
follows GitHub's token format of 2021.
"""

import hashlib
import re
import zlib
from enum import StrEnum

from accounts import base62

_RANDOM_LENGTH = 30
_CHECKSUM_LENGTH = 6
PATTERN = re.compile(r"mog_(?:pat|cli|org)_[0-9A-Za-z]{36}")
# Prefix and four characters: enough to tell one's tokens apart, 154 bits short of using one.
DISPLAY_LENGTH = 12


class TokenPrefix(StrEnum):
    """The first characters of a token, by what it is for."""

    PERSONAL = "mog_pat_"
    DEVICE = "mog_cli_"
    ORGANIZATION = "mog_org_"


def generate(prefix: TokenPrefix) -> str:
    """Return a fresh token."""
    body = prefix + base62.random(_RANDOM_LENGTH)
    return body + _checksum(body)


def is_well_formed(token: str) -> bool:
    """Tell whether the prefix, alphabet and checksum are right; says nothing about validity."""
    if PATTERN.fullmatch(token) is None:
        return False
    return _checksum(token[:-_CHECKSUM_LENGTH]) == token[-_CHECKSUM_LENGTH:]


def digest(token: str) -> str:
    """Return the SHA-256 of a token as 64 hexadecimal characters.

    A fast hash is right for a random secret of at least 112 bits (OWASP ASVS 5.0, 6.5.2).
    """
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(body: str) -> str:
    return base62.encode(zlib.crc32(body.encode()), width=_CHECKSUM_LENGTH)
