"""Quote a stranger's words to people without repeating a secret among them."""

import re

_WORD = re.compile(r"[A-Za-z0-9]+")
# Names of keys and files rarely have parts this long that mix letters and digits; secrets do.
_LONGEST_MIXED = 11
# Base64 has marks of its own between its parts; so have paths, but rarely of all three kinds.
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{20,}")
_KINDS = (str.isupper, str.islower, str.isdigit)
_SHOWN = 4


def safe(text: str) -> str:
    """Return a text with all but the beginning of whatever may be a secret left out."""
    return _WORD.sub(_word, _BASE64.sub(_base64, text))


def _base64(found: re.Match[str]) -> str:
    is_mixed = all(any(is_kind(each) for each in found[0]) for is_kind in _KINDS)
    return _beginning(found[0]) if is_mixed else found[0]


def _word(found: re.Match[str]) -> str:
    is_mixed = not found[0].isalpha() and not found[0].isdigit()
    return _beginning(found[0]) if is_mixed and len(found[0]) > _LONGEST_MIXED else found[0]


def _beginning(text: str) -> str:
    return f"{text[:_SHOWN]}…"
