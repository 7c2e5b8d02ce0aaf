"""Texts as lists of the numbers of their characters, as programs put them together."""

import re
from collections.abc import Iterator

from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_NUMBER = r"\b(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])\b"
# What makes a character of a number: `chr(`, `String.fromCharCode(`, `[char]`.
_CALL = r"(?:[A-Za-z_.$]{1,24}\(|\[char\])\s?"
_TEXT = linear.compiled(rf"(?i)(?:(?:{_CALL})?{_NUMBER}\)?\s{{0,4}}[,;+&.]?\s{{0,20}}){{9,}}")
_DIGITS = re.compile(rb"[0-9]+")
# A list of measurements has as many signs as letters; text has hardly any.
_LETTERS_IN_HUNDRED = 60


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield every text that is written in numbers."""
    for found in _TEXT.finditer(data):
        text = bytes(map(int, _DIGITS.findall(found.group())))
        letters = sum(map(text.count, (b" ", b"\n"))) + len(_letters_of(text))
        if letters * 100 >= len(text) * _LETTERS_IN_HUNDRED:
            yield Piece(start=found.start(), end=found.end(), data=text)


def _letters_of(text: bytes) -> bytes:
    return bytes(code for code in text if chr(code).isalpha())
