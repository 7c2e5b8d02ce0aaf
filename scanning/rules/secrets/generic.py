"""What is called a secret, or looks drawn by lot: never more than a question to a person."""

import re

from scanning.rules.secrets.examples import bits_per_character
from scanning.rules.secrets.secret_rule import doubtful

_SOURCE = "https://cwe.mitre.org/data/definitions/798.html"
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


def _is_named_secret(value: bytes) -> bool:
    """Tell a value that a password generator made from a word or an expression."""
    return (
        _has_letters_and_digits(value)
        and bits_per_character(value) >= _NAMED_BITS
        and not _CODE.search(value)
        and not _WORDS_ONLY.fullmatch(value)
    )


def _is_drawn(value: bytes) -> bool:
    """Tell random characters from names, paths and digests."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
    return (
        all(re.search(kind, value) for kind in kinds)
        and bits_per_character(value) >= _DRAWN_BITS
        and value.count(b"/") < 3
        and not _DIGEST.fullmatch(value)
    )


def _has_letters_and_digits(value: bytes) -> bool:
    return bool(re.search(rb"[A-Za-z]", value) and re.search(rb"[0-9]", value))


def _is_password(value: bytes) -> bool:
    return _has_letters_and_digits(value) and len(set(value)) > 4 and not _CODE.search(value)


RULES = (
    doubtful(
        "named-value",
        "a secret",
        r"(?i)(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|pwd|credential|private[_-]?key"
        r"|access[_-]?key|client[_-]?secret|auth[_-]?key)[a-z0-9_.-]{0,20}[\"'`]?\s{0,3}"
        r"(?::=|=>|=|:)\s{0,3}[\"'`]?([^\s\"'`,;<>{}()\[\]|\\]{16,200})",
        *("api_key", "api-key", "apikey", "secret", "token", "passwd", "password", "passphrase"),
        *("pwd", "credential", "private", "access_key", "access-key", "accesskey", "auth"),
        source=_SOURCE,
        accepts=_is_named_secret,
    ),
    doubtful(
        "address-with-password",
        "a password inside an address",
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'`<>{}$]{1,60}:([^\s:/@\"'`<>{}$]{8,100})@"
        r"[a-z0-9.-]{4,100}",
        "://",
        source="https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        accepts=_is_password,
    ),
    doubtful(
        "bearer-header",
        "a token in a header",
        r"(?i)authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic|token)\s"
        r"([a-z0-9._~+/=-]{20,})",
        "authorization",
        source="https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
        accepts=_is_named_secret,
    ),
    doubtful(
        "random-text",
        "a secret",
        r"[\"'`]([A-Za-z0-9+/_=-]{40,200})[\"'`]",
        source=_SOURCE,
        accepts=_is_drawn,
    ),
)
