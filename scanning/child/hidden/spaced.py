"""Words whose letters stand apart: `i g n o r e`."""

import re
from collections.abc import Iterator

from scanning.child.hidden.piece import Piece
from scanning.rules import linear

_APART = linear.compiled(r"\b(?:[A-Za-z](?: {1,4}|[._*|-]| [|/.-] |\r?\n)){6,}[A-Za-z]\b")
# Between words there is more than between letters.
_WORD_END = re.compile(rb" {2,}| [|/.-] |\r?\n")
_LETTER_ENDS = b" ._*|-"
_MARK = b"\0"


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield every run of single letters as words."""
    for found in _APART.finditer(data):
        marked = _WORD_END.sub(_MARK, found.group()).translate(None, _LETTER_ENDS)
        yield Piece(start=found.start(), end=found.end(), data=marked.replace(_MARK, b" "))
