"""Look into tokens whose makers wrote something into them: a checksum, a name, a role."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from mmap import mmap
from typing import Any

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH = 6
_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS = re.compile(rb"[%b]{43,44}" % _BASE58)
_ADDRESS_BYTES = 32
# As in secret/mog-token.
_MOG_TOKEN = re.compile(rb"\bmog_(?:pat|cli|org)_[A-Za-z0-9]{36}\b")
_PLAIN_ALPHABET = bytes.maketrans(b"-_", b"+/")
# Of the examples in documentation.
_NOBODY = frozenset({"1234567890", "user123"})


def is_mog_token(token: bytes) -> bool:
    """Tell a token of ours from its likes: CRC32 of the rest in base62 (docs/architecture.md)."""
    return _number(token[-_CHECKSUM_LENGTH:]) == zlib.crc32(token[:-_CHECKSUM_LENGTH])


def mog_tokens_in(data: bytes | mmap) -> Iterator[bytes]:
    """Yield every token of ours that stands plainly in bytes."""
    for match in _MOG_TOKEN.finditer(data):
        if is_mog_token(match[0]):
            yield match[0]


def is_checked_token(token: bytes) -> bool:
    """Tell a token of GitHub or npm: its last six characters are CRC32 of those behind the prefix.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    body = token.partition(b"_")[2]
    return _number(body[-_CHECKSUM_LENGTH:]) == zlib.crc32(body[:-_CHECKSUM_LENGTH])


def names_a_bot(token: bytes) -> bool:
    """Tell whether the first part is a bot's number in base64, as Discord writes it."""
    return decoded(token.partition(b".")[0]).isdigit()


def is_service_role(token: bytes) -> bool:
    """Tell a token that opens a whole database from the public one of the same shape."""
    return _claims(token).get("role") == "service_role"


def is_signed_token(token: bytes) -> bool:
    """Tell a token that opens something from one that is public or an example."""
    claims = _claims(token)
    return claims.get("role") != "anon" and str(claims.get("sub")) not in _NOBODY


def is_solana_address(text: bytes) -> bool:
    """Tell 32 bytes in base58, which is how accounts and programs are named in public.

    Of drawn letters and digits of that length one in fifty looks so.
    https://solana.com/docs/core/accounts
    """
    if not _ADDRESS.fullmatch(text):
        return False
    number = 0
    for digit in text:
        number = number * len(_BASE58) + _BASE58.index(digit)
    return number.bit_length() <= _ADDRESS_BYTES * 8


def decoded(text: bytes) -> bytes:
    """Return what base64 hides, of either alphabet; empty when it is none."""
    try:
        return base64.b64decode(text.translate(_PLAIN_ALPHABET) + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _claims(token: bytes) -> dict[str, Any]:
    parts = token.split(b".")
    try:
        claims = json.loads(decoded(parts[1])) if len(parts) > 1 else {}
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _number(digits: bytes) -> int:
    number = 0
    for digit in digits:
        number = number * len(_BASE62) + _BASE62.find(digit)
    return number
