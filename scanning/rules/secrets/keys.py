"""Keys and tokens of no provider's own, and ours."""

import zlib

from scanning.rules.secrets.secret_rule import doubtful, provider

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH = 6


def _has_checksum(token: bytes) -> bool:
    """Tell a token of ours from its likes: CRC32 of the rest in base62 (docs/architecture.md)."""
    body, told = token[:-_CHECKSUM_LENGTH], token[-_CHECKSUM_LENGTH:]
    number = 0
    for digit in told:
        number = number * len(_BASE62) + _BASE62.index(digit)
    return number == zlib.crc32(body)


RULES = (
    provider(
        "mog-token",
        "token",
        r"\bmog_(?:pat|cli|org)_[A-Za-z0-9]{36}\b",
        *("mog_pat_", "mog_cli_", "mog_org_"),
        provider="mog",
        source="docs/architecture.md",
        accepts=_has_checksum,
    ),
    provider(
        "private-key",
        "private key",
        # Line ends may be those of a JSON text. What follows is the key itself, or its headers.
        r"-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:\\[nr]|\s|[A-Za-z-]{4,12}: [^\n]{0,80}\n){1,12}((?:[A-Za-z0-9+/=]|\\n|\s){60,400})",
        "private key",
        provider="wherever it opens something",
        source="https://www.rfc-editor.org/rfc/rfc7468#section-10",
    ),
    provider(
        "age-key",
        "private key",
        r"\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b",
        "age-secret-key-1",
        provider="wherever it opens something",
        source="https://github.com/C2SP/C2SP/blob/main/age.md#the-x25519-recipient-type",
    ),
    doubtful(
        "json-web-token",
        "a signed token",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
        "eyj",
        source="https://www.rfc-editor.org/rfc/rfc7519#section-3",
    ),
)
