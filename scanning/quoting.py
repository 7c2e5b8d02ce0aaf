"""Quote a stranger's words to people without repeating a secret among them."""

import re

_WORD = re.compile(r"[A-Za-z0-9]+")
# Names of keys and files rarely have parts this long that mix letters and digits; secrets do.
_LONGEST_MIXED = 11
_SHOWN = 4


def safe(text: str) -> str:
    """Return a text with all but the beginning of whatever may be a secret left out."""
    return _WORD.sub(_shown, text)


def _shown(word: re.Match[str]) -> str:
    found = word[0]
    is_mixed = not found.isalpha() and not found.isdigit()
    return f"{found[:_SHOWN]}…" if is_mixed and len(found) > _LONGEST_MIXED else found
