"""Texts in hexadecimal digits, with or without anything between them."""

from collections.abc import Iterator

from scanning.child.hidden import readable
from scanning.child.hidden.piece import Piece
from scanning.rules import linear

# Bytes of UTF-8 text (RFC 3629): digests and numbers hardly have ten of them in a row, so a text
# is found wherever it begins.
_NEXT = "[89ab][0-9a-f]"
_CHARACTER = (
    f"(?:[2-7][0-9a-f]|0[9ad]|[cd][0-9a-f]{_NEXT}|e[0-9a-f](?:{_NEXT}){{2}}"
    f"|f0[9ab][0-9a-f](?:{_NEXT}){{2}})"
)
_TEXT = linear.compiled(rf"(?i)(?:(?:0x)?{_CHARACTER}(?:[,:;]?\r?\n[ \t]{{0,16}}|[,:;]? ?)){{10,}}")
_BETWEEN = b",:; \t\r\n"


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield every text in hexadecimal digits."""
    for found in _TEXT.finditer(data):
        digits = found.group().lower().replace(b"0x", b"").translate(None, _BETWEEN)
        if text := readable.text_of(bytes.fromhex(digits.decode())):
            yield Piece(start=found.start(), end=found.end(), data=text)
