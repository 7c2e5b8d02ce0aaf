"""Last looks at what a pattern met, by the name under which a rule asks for one (`check:`)."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Mapping

from scanning.rules import installers
from scanning.rules.placeholders import bits_per_character

Predicate = Callable[[bytes], bool]

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH = 6
# Measured on real skills: names and sentences stay below, generated secrets are above.
_NAMED_BITS = 3.3
_DRAWN_BITS = 4.5
# What code puts where it reads a secret from elsewhere.
_CODE = re.compile(
    rb"process\.env|os\.environ|getenv|secrets\.|vault|keyring|input\(|prompt|config\."
    rb"|settings\.|\.get\(|https?:|^/|^\.|[a-z]\(|::|->|=>|\.\.",
    re.I,
)
_WORDS_ONLY = re.compile(rb"[A-Za-z]+(?:[-_./ ][A-Za-z]+)*[0-9]{0,2}[.:;!]?")
_DIGEST = re.compile(rb"(?:sha(?:1|256|384|512)[-:])?[0-9a-f]{32,128}|sha(?:256|384|512)-.*", re.I)


def is_mog_token(token: bytes) -> bool:
    """Tell a token of ours from its likes: CRC32 of the rest in base62 (docs/architecture.md)."""
    body, told = token[:-_CHECKSUM_LENGTH], token[-_CHECKSUM_LENGTH:]
    number = 0
    for digit in told:
        number = number * len(_BASE62) + _BASE62.index(digit)
    return number == zlib.crc32(body)


def names_a_bot(token: bytes) -> bool:
    """Tell whether the first part is a bot's number in base64, as Discord writes it."""
    first = token.partition(b".")[0]
    try:
        return base64.b64decode(first + b"=" * (-len(first) % 4), altchars=b"-_").isdigit()
    except binascii.Error:
        return False


def is_named_secret(value: bytes) -> bool:
    """Tell a value that a password generator made from a word or an expression."""
    return (
        _has_letters_and_digits(value)
        and bits_per_character(value) >= _NAMED_BITS
        and not _CODE.search(value)
        and not _WORDS_ONLY.fullmatch(value)
    )


def is_drawn(value: bytes) -> bool:
    """Tell random characters from names, paths and digests."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
    return (
        all(re.search(kind, value) for kind in kinds)
        and bits_per_character(value) >= _DRAWN_BITS
        and value.count(b"/") < 3
        and not _DIGEST.fullmatch(value)
    )


def is_password(value: bytes) -> bool:
    """Tell a password of an address from a word of prose."""
    return _has_letters_and_digits(value) and len(set(value)) > 4 and not _CODE.search(value)


def _has_letters_and_digits(value: bytes) -> bool:
    return bool(re.search(rb"[A-Za-z]", value) and re.search(rb"[0-9]", value))


BY_NAME: Mapping[str, Predicate] = {
    "mog-token": is_mog_token,
    "discord-bot": names_a_bot,
    "named-secret": is_named_secret,
    "drawn": is_drawn,
    "password": is_password,
    "unknown-installer": installers.is_unknown,
}
