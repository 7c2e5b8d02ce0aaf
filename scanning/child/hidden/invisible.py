"""Texts in characters that show nothing: tags, variation selectors, zero-width bits.

Unicode 15.1, chapters 23.4 and 23.9; UTS 51, appendix C, for the flags that tags honestly make.
"""

import re
from collections.abc import Callable, Iterator
from itertools import permutations

from scanning.child.hidden import readable
from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_TAG_BLOCK = 0xE0000
# An honest selector stands alone behind a character that has variants, so never behind these.
_SELECTOR = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_IN_BYTES = r"(?:\xef\xb8[\x80-\x8f]|\xf3\xa0[\x84-\x87].)"
_HAS_SELECTORS = linear.compiled(rf"(?:[A-Za-z .,:;]|{_IN_BYTES}){_IN_BYTES}")
_SELECTORS = re.compile(f"{_SELECTOR}{{2,}}|(?<=[A-Za-z .,:;]){_SELECTOR}")
_FIRST_SELECTORS, _MORE_SELECTORS = 0xFE00, 0xE0100
# So many in a row: scripts that need joiners put letters between them.
_BITS = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u3164\uffa0\u115f\u1160]{16,}")
_SIGN_OF_BITS = (
    r"(?:\xe2\x80[\x8b-\x8d]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf|\xe1\xa0\x8e|\xe3\x85\xa4|\xef\xbe\xa0"
    r"|\xe1\x85[\x9f\xa0])"
)
_HAS_BITS = linear.compiled(rf"{_SIGN_OF_BITS}{{16}}")
_BYTE = 8
_MOST_SIGNS = 3
_ASCII = range(0x20, 0x7F)
_LEAST = 3
# Halves of characters keep their length.
_AS_IT_IS = "surrogateescape"


def tags(data: bytes) -> Iterator[Piece]:
    """Yield what is written in tag characters, each of which stands for one of ASCII."""
    if b"\xf3\xa0" in data:
        yield from _gathered(_FLAG.sub(_blank, _text(data)), _TAGS, _of_tags)


def selectors(data: bytes) -> Iterator[Piece]:
    """Yield what is written in variation selectors, 256 of them, each of which is a byte."""
    if _HAS_SELECTORS.search(data):
        yield from _gathered(_text(data), _SELECTORS, _of_selectors)


def bits(data: bytes) -> Iterator[Piece]:
    """Yield what is written in two characters of no width, as zeros and ones."""
    if _HAS_BITS.search(data):
        yield from _gathered(_text(data), _BITS, _of_bits)


def _text(data: bytes) -> str:
    return data.decode(errors=_AS_IT_IS)


def _blank(flag: re.Match[str]) -> str:
    return " " * len(flag.group())


def _gathered(
    text: str, pattern: re.Pattern[str], meaning: Callable[[str], bytes]
) -> Iterator[Piece]:
    """Yield what the runs of each line mean together."""
    place, counted = 0, 0
    for start, hidden in _by_line(text, pattern):
        place, counted = place + len(text[counted:start].encode(errors=_AS_IT_IS)), start
        meant = readable.text_of(meaning(hidden))
        if len(meant) >= _LEAST and any(chr(code).isalpha() for code in meant):
            yield Piece(start=place, end=place, data=meant)


def _by_line(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    start, last = 0, 0
    parts: list[str] = []
    for found in pattern.finditer(text):
        if parts and "\n" in text[last : found.start()]:
            yield start, "".join(parts)
            parts = []
        start = start if parts else found.start()
        parts.append(found.group())
        last = found.end()
    if parts:
        yield start, "".join(parts)


def _of_tags(hidden: str) -> bytes:
    codes = (ord(tag) - _TAG_BLOCK for tag in hidden)
    return bytes(code for code in codes if code in _ASCII)


def _of_selectors(hidden: str) -> bytes:
    codes = [ord(selector) for selector in hidden]
    return bytes(
        code - _MORE_SELECTORS + 16 if code >= _MORE_SELECTORS else code - _FIRST_SELECTORS
        for code in codes
    )


def _of_bits(hidden: str) -> bytes:
    """Read two characters as bits; a third one ends each letter."""
    signs = sorted(set(hidden))
    if len(signs) > _MOST_SIGNS:
        return b""
    for one, zero in permutations(signs, 2):
        ends = (sign for sign in signs if sign not in (one, zero))
        if text := _of_digits(hidden.replace(one, "1").replace(zero, "0"), *ends):
            return text
    return b""


def _of_digits(digits: str, end: str = "") -> bytes:
    cuts = range(0, len(digits) - _BYTE + 1, _BYTE)
    letters = digits.split(end) if end else [digits[cut : cut + _BYTE] for cut in cuts]
    codes = [int(letter, 2) for letter in letters if 0 < len(letter) <= _BYTE]
    return bytes(codes) if all(code in _ASCII for code in codes) else b""
