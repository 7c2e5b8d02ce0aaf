"""Texts in base64, of both alphabets, wrapped over lines or not (RFC 4648)."""

import binascii
from collections.abc import Iterator

from scanning.child.hidden import compressed, readable
from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_LETTER = r"[0-9A-Za-z+/_-]"
# What three bytes of ASCII become: their high bits are zero. Prose and digests have hardly five
# such groups in a row, so a text is found wherever it begins.
_ASCII_GROUP = r"[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]" + _LETTER
# Ends of lines, as quotes, comments and concatenations write them.
_BREAK = (
    r"(?:[\"'`][ \t]*[+.,\\]?|[ \t]+[+\\]|\\)?[ \t]*(?:\r?\n|\\r?\\?n)"
    r"(?:[ \t]*(?:[>#*;|\"'`]|//)){0,3}[ \t]*[\"'`]?"
)
_ASCII = linear.compiled(
    rf"(?:{_ASCII_GROUP}){{5,}}(?:{_BREAK}(?:{_ASCII_GROUP})+)*(?:{_BREAK})?{_LETTER}{{0,3}}={{0,2}}"
)
_ANY = linear.compiled(rf"{_LETTER}{{32,}}(?:{_BREAK}{_LETTER}{{4,}})*={{0,2}}")
_BREAKS = linear.compiled(_BREAK)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield every text in base64, compressed before or not."""
    whole: list[tuple[int, int]] = []
    for found in _ANY.finditer(data):
        decoded = _decoded(found.group())
        text, is_cut = compressed.opened(decoded)
        if text := text or readable.text_of(decoded):
            whole.append(found.span())
            yield Piece(start=found.start(), end=found.end(), data=text, is_cut=is_cut)
    yield from _ascii_pieces(data, whole)


def _ascii_pieces(data: bytes, whole: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield texts in ASCII that stand in the middle of something else."""
    later = iter(whole)
    start, end = next(later, (len(data), len(data)))
    for found in _ASCII.finditer(data):
        while end <= found.start():
            start, end = next(later, (len(data), len(data) + 1))
        if found.start() < start and (text := readable.text_of(_decoded(found.group()))):
            yield Piece(start=found.start(), end=found.end(), data=text)


def _decoded(written: bytes) -> bytes:
    if b"\n" in written or b"\\" in written:
        written = _BREAKS.sub(b"", written)
    letters = written.rstrip(b"=").translate(_URL_SAFE)
    # One letter alone is no byte.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
