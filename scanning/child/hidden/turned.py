"""Texts with every letter moved by thirteen, and texts written backwards."""

import re
import string
from collections.abc import Iterator

from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_BY_THIRTEEN = str.maketrans(_LOWER + _UPPER, _LOWER[13:] + _LOWER[:13] + _UPPER[13:] + _UPPER[:13])
_BYTES_BY_THIRTEEN = bytes(ord(chr(code).translate(_BY_THIRTEEN)) for code in range(256))
# What is worth hiding so; turned round, none of these is a word of any language.
_TELLING = (
    *("ignore ", "instruction", "previous", "system prompt", "password", "secret", "the user"),
    *("execute", "powershell", "https://", "http://", "base64", "bash -c", "rm -rf", "api key"),
)
_ROTATED = linear.compiled(
    "(?i)" + "|".join(re.escape(word.translate(_BY_THIRTEEN)) for word in _TELLING)
)
# Base64 ends with signs that no value begins with.
_BACKWARDS = linear.compiled(
    "(?i)" + "|".join(re.escape(word[::-1]) for word in _TELLING) + "|[\"'`]={1,2}[0-9a-z+/]{16}"
)


def rotated(data: bytes) -> Iterator[Piece]:
    """Yield a text moved by thirteen letters, when telling words come out."""
    if _ROTATED.search(data):
        yield Piece(start=0, end=0, data=data.translate(_BYTES_BY_THIRTEEN), step=1)


def backwards(data: bytes) -> Iterator[Piece]:
    """Yield a text backwards, when telling words come out."""
    if _BACKWARDS.search(data):
        turned = data.decode(errors="replace")[::-1].encode()
        yield Piece(start=len(data), end=len(data), data=turned, step=-1)
