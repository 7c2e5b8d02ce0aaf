"""Tell secrets that no shape of a provider's own gives away from words, paths and expressions."""

import base64
import re

from scanning.rules.placeholders import (
    bits_per_character,
    is_placeholder,
    is_words,
    without_fillers,
)
from scanning.rules.randomness import (
    NAMED,
    SHAPED,
    changes,
    has_letters_and_digits,
    has_mixed_letters,
    is_drawn,
)
from scanning.rules.tokens import decoded, is_solana_address

_NAMED_BITS = 3.0
_QUOTED_BITS = 4.5
# What code puts where it reads a secret from elsewhere, and what is a name of something.
_CODE = re.compile(
    rb"process\.env|os\.environ|getenv|secrets\.|vault|keyring|input\(|prompt|config\."
    rb"|settings\.|\.get\(|https?:|://|^\.[a-z]|[a-z]\(|::|->|=>|\.\.|^[a-z_]+\.[a-z_.]+$|^arn:|@"
    rb"|^(?-i:[~.]{0,2}(?:/[a-z0-9_.-]+)+/?)$|^sha[0-9]+[=:-]"
    rb"|\.(?:ts|js|py|md|json|ya?ml|toml|html|css|txt|sh|pem|crt|key)$",
    re.I,
)
_DIGEST = re.compile(rb"(?:sha(?:1|256|384|512)[-:])?[0-9a-f]{32,128}|sha(?:256|384|512)-.*", re.I)
# An account's public name is 20 bytes; a private key is 32.
_ETHEREUM_ADDRESS = re.compile(rb"0x[0-9a-f]{40}", re.I)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")
_DATE = re.compile(rb"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
# Keys that pages show to everybody: PostHog's of a project, the publishable ones of Stripe and
# Supabase.
_SHOWN_TO_ALL = re.compile(rb"(?:phc|pk_live|pk_test|sb_publishable)_")
_CALL = re.compile(rb"[a-z]\.[a-z]{3,}\(", re.I)
_SMALL, _CAPITAL, _NUMBER = re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]")
_SYMBOL = re.compile(rb"[^A-Za-z0-9_.:/-]")
_PATH_PARTS = 3
_LEAST_PASSWORD = 6
_LEAST_MIXED = 8
_PASSWORD_CHANGES = 3
_LEAST_KINDS = 3
_KEY_BYTES = 64
_LEAST_DISTINCT_BYTES = 30
_LEAST_DISTINCT_WORDS = 0.7
# Frequent in sentences, and none of the 2,048 words of BIP 39.
_OF_SENTENCES = frozenset(
    b"the and your with are for not from which should their them they must has was but its our"
    b" please anyone don never into been than then these those were would".split()
)


def is_named_secret(value: bytes) -> bool:
    """Tell a value that a generator made, where only its name says that it is a secret."""
    return (
        not _CODE.search(value)
        and not _SHOWN_TO_ALL.match(value)
        and not _DATE.search(value)
        and bits_per_character(value) >= _NAMED_BITS
        and not is_solana_address(value)
        and not _ETHEREUM_ADDRESS.fullmatch(value)
        and not _hides_nothing(value)
        and is_drawn(value, NAMED)
    )


def _hides_nothing(value: bytes) -> bool:
    """Tell the base64 of a number, or of words that stand for a secret."""
    if not _BASE64.fullmatch(value):
        return False
    text = decoded(value.rstrip(b"="))
    return text.isdigit() or (text.isascii() and text.isalnum() and is_placeholder(text))


def is_drawn_word(value: bytes) -> bool:
    """Tell drawn characters from words, where shape or provider have told most already."""
    return is_drawn(value, SHAPED)


def is_quoted_secret(value: bytes) -> bool:
    """Tell random characters that nothing names from names, paths and digests."""
    return (
        all(kind.search(value) for kind in (_SMALL, _CAPITAL, _NUMBER))
        and bits_per_character(value) >= _QUOTED_BITS
        and not _SHOWN_TO_ALL.match(value)
        and value.count(b"/") < _PATH_PARTS
        and not _DIGEST.fullmatch(value)
        and not is_solana_address(value)
        and not _is_encoded_text(value)
        and is_drawn(value, NAMED)
    )


def _is_encoded_text(value: bytes) -> bool:
    """Tell sentences and code in base64, which is read elsewhere (`child/hidden`), from keys.

    A user and a password are text, too, but have no spaces.
    """
    try:
        text = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    is_text = b" " in text or _CALL.search(text) is not None
    return is_text and text.isascii() and text.decode().replace("\n", " ").isprintable()


def is_password(value: bytes) -> bool:
    """Tell a password of somebody's from a word that stands for one."""
    left = without_fillers(value).strip(b"-")
    return (
        len(left) >= _LEAST_PASSWORD
        and len(set(left)) > _LEAST_PASSWORD - 2
        and not _CODE.search(value)
        and not is_words(left)
        and (has_letters_and_digits(left) or has_mixed_letters(left, SHAPED, least=_LEAST_MIXED))
    )


def is_strong_password(value: bytes) -> bool:
    """Tell a short password of at least three kinds of characters, well mixed."""
    left = without_fillers(value).strip(b"-")
    kinds = sum(bool(kind.search(left)) for kind in (_SMALL, _CAPITAL, _NUMBER, _SYMBOL))
    return kinds >= _LEAST_KINDS and changes(left) >= _PASSWORD_CHANGES and is_password(value)


def is_basic_login(value: bytes) -> bool:
    """Tell a name and a password, joined by a colon, in base64."""
    name, _, password = decoded(value.rstrip(b"=")).partition(b":")
    return (
        name.isascii()
        and name.decode("ascii").isprintable()
        and not is_placeholder(password)
        and is_password(password)
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
    distinct = set(words)
    return len(distinct) > len(words) * _LEAST_DISTINCT_WORDS and not _OF_SENTENCES & distinct
