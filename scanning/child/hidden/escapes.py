"""Characters written as escapes: of URLs, HTML, JSON and programs (RFC 3986, RFC 8259)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_ESCAPE = (
    r"%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}"
    r"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}|\\[01][0-7]{2}|\\[nrt]"
    r"|&#[xX][0-9A-Fa-f]{1,6};?|&#[0-9]{1,7};?|&[A-Za-z]{2,16};"
)
_ONE = re.compile(_ESCAPE)
# Whole lines, so that a word of which one letter is escaped is read as a word.
_LINES = linear.compiled(rf"(?:[^\n]*(?:{_ESCAPE})[^\n]*\n?)+")
_MARKS = (b"%", b"\\", b"&")
_SIGNS = (
    "lt gt amp quot apos colon sol bsol period comma semi lpar rpar lbrace rbrace lsqb rsqb dollar "
    "num vert quest excl equals percnt commat lowbar grave hyphen"
)
_NAMED = {
    **dict(zip(_SIGNS.split(), "<>&\"':/\\.,;(){}[]$#|?!=%@_`-", strict=True)),
    **dict.fromkeys(("nbsp", "Tab", "NewLine"), " "),
    **dict.fromkeys(("ZeroWidthSpace", "shy", "zwj", "zwnj"), ""),
}
_SPACES = (r"\n", r"\r", r"\t")
_LARGEST = 0x10FFFF
_PART_BYTES = 64 * 1024


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield runs of lines that have escapes, without them."""
    if not any(mark in data for mark in _MARKS):
        return
    for found in _LINES.finditer(data):
        for start, end in _cut(data, *found.span()):
            plain = _without_escapes(data[start:end])
            if plain != data[start:end]:
                yield Piece(start=start, end=start, data=plain, step=1)


def _cut(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut lines into parts of bounded size, so that whoever has enough can stop."""
    while start < end:
        found = data.find(b"\n", start + _PART_BYTES, end)
        cut = end if found < 0 else found + 1
        yield start, cut
        start = cut


def _without_escapes(written: bytes) -> bytes:
    # Escapes may stand for single bytes of a character. As text of single bytes it takes a tenth
    # of the memory that joining millions of bytes takes.
    plain = _ONE.sub(_meant, written.decode("latin-1")).encode("latin-1")
    return plain.decode(errors="replace").encode()


def _meant(found: re.Match[str]) -> str:
    return _character(found.group())


@lru_cache(maxsize=4096)
def _character(written: str) -> str:
    """Return the bytes of what an escape stands for; ends of lines become spaces.

    So lines keep count.
    """
    if written in _SPACES:
        return " "
    if written[0] == "&" and written[1] != "#":
        return _NAMED.get(written[1:-1], written)
    if written[0] == "%" or written[1] == "x":
        return chr(int(written[-2:], 16)).replace("\n", " ")
    code = _code(written)
    if code > _LARGEST:
        return written
    return chr(code).replace("\n", " ").encode(errors="replace").decode("latin-1")


def _code(written: str) -> int:
    """Return the number of the character that an escape names."""
    if written[0] == "&":
        digits = written[2:].rstrip(";")
        return int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    if written[1].isdigit():
        return int(written[1:], 8)
    if written.count("\\") == 2:
        high, low = int(written[2:6], 16), int(written[8:], 16)
        return 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00
    return int(written[2:].strip("{}"), 16)
