"""Tell what was drawn by lot from what people write: words, names, paths and numbers."""

import re
from dataclasses import dataclass
from itertools import pairwise

from scanning.rules.placeholders import is_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How mixed a text must be, measured on real skills and on drawn secrets.

    changes: between small letters, capitals and digits, by character; names and sentences have
    hardly any. capitals: their least share where there are only letters; in drawn ones it is half.
    """

    changes: float
    capitals: float


# For what only its own name tells, and for what has a provider's shape or name as well.
NAMED = Threshold(changes=0.21, capitals=0.32)
SHAPED = Threshold(changes=0.1, capitals=0.2)
_LEAST_LETTERS = 16
_WORD_BEGINS = ("capital", "small")
_LETTER, _DIGIT = re.compile(rb"[A-Za-z]"), re.compile(rb"[0-9]")


def is_drawn(value: bytes, threshold: Threshold) -> bool:
    """Tell whether characters look as if drawn by lot."""
    if not has_letters_and_digits(value):
        return has_mixed_letters(value, threshold, least=_LEAST_LETTERS)
    return changes(value) >= threshold.changes * len(value) and not is_words(value)


def has_mixed_letters(value: bytes, threshold: Threshold, *, least: int) -> bool:
    """Tell whether there are enough letters, and capitals among them as by lot."""
    letters = [chr(each) for each in value if chr(each).isalpha()]
    share = sum(map(str.isupper, letters)) / max(1, len(letters))
    return len(letters) >= least and threshold.capitals <= share <= 1 - threshold.capitals


def has_letters_and_digits(value: bytes) -> bool:
    """Tell whether a text has both."""
    return bool(_LETTER.search(value) and _DIGIT.search(value))


def changes(value: bytes) -> int:
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
