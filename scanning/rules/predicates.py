"""Last looks at what a pattern met, by the name under which a rule asks for one (`check:`)."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from scanning.rules import installers
from scanning.rules.placeholders import (
    bits_per_character,
    is_placeholder,
    is_words,
    without_fillers,
)

Predicate = Callable[[bytes], bool]

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH = 6
# Measured on real skills and on drawn secrets, as shares of the length: names and sentences change
# between small letters, capitals and digits hardly ever, what is drawn does all the time.
_NAMED_CHANGES = 0.2
_DRAWN_CHANGES = 0.1
_NAMED_BITS = 3.0
_QUOTED_BITS = 4.5
# Letters alone are drawn when about half of them are capitals; in names few are.
_CAPITALS = (0.22, 0.78)
_LEAST_LETTERS = 16
# What code puts where it reads a secret from elsewhere.
_CODE = re.compile(
    rb"process\.env|os\.environ|getenv|secrets\.|vault|keyring|input\(|prompt|config\."
    rb"|settings\.|\.get\(|https?:|://|^\.[a-z]|[a-z]\(|::|->|=>|\.\.|^[a-z_]+\.[a-z_.]+$|^arn:|@"
    rb"|^sha[0-9]+[=:-]|\.(?:ts|js|py|md|json|ya?ml|toml|html|css|txt|sh|pem|crt|key)$",
    re.I,
)
_DIGEST = re.compile(rb"(?:sha(?:1|256|384|512)[-:])?[0-9a-f]{32,128}|sha(?:256|384|512)-.*", re.I)
_DATE = re.compile(rb"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
_WORD_BEGINS = ("capital", "small")
_SYMBOL = re.compile(rb"[^A-Za-z0-9_.:/-]")
_LEAST_PASSWORD = 6
_LEAST_MIXED = 8
_PASSWORD_CHANGES = 3
_LEAST_KINDS = 3
_KEY_BYTES = 64
_LEAST_DISTINCT_BYTES = 30
# Frequent in sentences, and none of the 2,048 words of BIP 39.
_OF_SENTENCES = frozenset(
    b"the and your with are for not from which should their them they must has was but its our"
    b" please anyone don never into been than then these those were would".split()
)


def is_mog_token(token: bytes) -> bool:
    """Tell a token of ours from its likes: CRC32 of the rest in base62 (docs/architecture.md)."""
    return _checksum(token[-_CHECKSUM_LENGTH:]) == zlib.crc32(token[:-_CHECKSUM_LENGTH])


def is_checked_token(token: bytes) -> bool:
    """Tell a token of GitHub or npm: its last six characters are CRC32 of those behind the prefix.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    body = token.partition(b"_")[2]
    return _checksum(body[-_CHECKSUM_LENGTH:]) == zlib.crc32(body[:-_CHECKSUM_LENGTH])


def names_a_bot(token: bytes) -> bool:
    """Tell whether the first part is a bot's number in base64, as Discord writes it."""
    return _decoded(token.partition(b".")[0]).isdigit()


def is_service_role(token: bytes) -> bool:
    """Tell a token that opens a whole database from the public one of the same shape."""
    return _claims(token).get("role") == "service_role"


def is_signed_token(token: bytes) -> bool:
    """Tell a token that opens something from one that is public or an example."""
    claims = _claims(token)
    return claims.get("role") != "anon" and claims.get("sub") not in {"1234567890", "user123"}


def is_basic_login(value: bytes) -> bool:
    """Tell a name and a password, joined by a colon, in base64."""
    name, _, password = _decoded(value.rstrip(b"=")).partition(b":")
    return (
        name.isascii()
        and name.decode("ascii").isprintable()
        and not is_placeholder(password)
        and is_password(password)
    )


def is_named_secret(value: bytes) -> bool:
    """Tell a value that a generator made from a word, a path or an expression."""
    return (
        not _CODE.search(value)
        and not _DATE.search(value)
        and bits_per_character(value) >= _NAMED_BITS
        and _is_drawn(value, _NAMED_CHANGES)
    )


def is_drawn_word(value: bytes) -> bool:
    """Tell drawn characters from words, where shape and name have told most already."""
    return _is_drawn(value, _DRAWN_CHANGES)


def is_quoted_secret(value: bytes) -> bool:
    """Tell random characters that nothing names from names, paths and digests."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
    return (
        all(re.search(kind, value) for kind in kinds)
        and bits_per_character(value) >= _QUOTED_BITS
        and value.count(b"/") < 3
        and not _DIGEST.fullmatch(value)
        and _is_drawn(value, _NAMED_CHANGES)
    )


def is_password(value: bytes) -> bool:
    """Tell a password of somebody's from a word that stands for one."""
    left = without_fillers(value).strip(b"-")
    return (
        len(left) >= _LEAST_PASSWORD
        and len(set(left)) > _LEAST_PASSWORD - 2
        and not _CODE.search(value)
        and not is_words(left)
        and (_has_letters_and_digits(left) or _has_mixed_letters(left, _LEAST_MIXED))
    )


def is_strong_password(value: bytes) -> bool:
    """Tell a short password of at least three kinds of characters, well mixed."""
    left = without_fillers(value).strip(b"-")
    kinds = [_SYMBOL, re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]")]
    return (
        sum(bool(kind.search(left)) for kind in kinds) >= _LEAST_KINDS
        and _changes(left) >= _PASSWORD_CHANGES
        and is_password(value)
    )


def is_byte_array(value: bytes) -> bool:
    """Tell the 64 bytes of a key pair from a list of small numbers."""
    numbers = [int(number) for number in value.split(b",")]
    return (
        len(numbers) == _KEY_BYTES
        and max(numbers) < 256
        and len(set(numbers)) >= _LEAST_DISTINCT_BYTES
    )


def is_seed_phrase(value: bytes) -> bool:
    """Tell a wallet's words from a sentence."""
    words = value.split()
    return len(set(words)) > len(words) * 0.7 and not _OF_SENTENCES & set(words)


def _checksum(digits: bytes) -> int:
    number = 0
    for digit in digits:
        number = number * len(_BASE62) + _BASE62.find(digit)
    return number


def _is_drawn(value: bytes, least_changes: float) -> bool:
    if not _has_letters_and_digits(value):
        return _has_mixed_letters(value, _LEAST_LETTERS)
    return _changes(value) >= least_changes * len(value) and not is_words(value)


def _has_mixed_letters(value: bytes, least: int) -> bool:
    letters = [chr(each) for each in value if chr(each).isalpha()]
    capitals = sum(map(str.isupper, letters)) / max(1, len(letters))
    return len(letters) >= least and _CAPITALS[0] <= capitals <= _CAPITALS[1]


def _changes(value: bytes) -> int:
    """Count how often small letters, capitals and digits follow one another.

    A capital before a small letter is no change: names in camel case are full of them.
    """
    kinds = [_kind(chr(each)) for each in value]
    return sum(a != b and (a, b) != _WORD_BEGINS and "" not in {a, b} for a, b in pairwise(kinds))


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if not character.isalpha():
        return ""
    return "capital" if character.isupper() else "small"


def _has_letters_and_digits(value: bytes) -> bool:
    return bool(re.search(rb"[A-Za-z]", value) and re.search(rb"[0-9]", value))


def _decoded(text: bytes) -> bytes:
    """Return what base64 hides, of either alphabet; empty when it is none."""
    try:
        return base64.b64decode(text.translate(_PLAIN_ALPHABET) + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _claims(token: bytes) -> dict[str, Any]:
    parts = token.split(b".")
    try:
        claims = json.loads(_decoded(parts[1])) if len(parts) > 1 else {}
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


_PLAIN_ALPHABET = bytes.maketrans(b"-_", b"+/")

BY_NAME: Mapping[str, Predicate] = {
    "mog-token": is_mog_token,
    "checked-token": is_checked_token,
    "discord-bot": names_a_bot,
    "service-role": is_service_role,
    "signed-token": is_signed_token,
    "basic-login": is_basic_login,
    "named-secret": is_named_secret,
    "drawn-word": is_drawn_word,
    "drawn": is_quoted_secret,
    "password": is_password,
    "unknown-installer": installers.is_unknown,
    "strong-password": is_strong_password,
    "byte-array": is_byte_array,
    "seed-phrase": is_seed_phrase,
}
