"""A text that was found inside another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text in UTF-8, and where it stood.

    start, end: offsets into the outer text. step: how the outer line changes with each line of the
    piece; 0 when all of it stood at one place. is_cut: there was more of it.
    """

    start: int
    end: int
    data: bytes
    step: int = 0
    is_cut: bool = False
