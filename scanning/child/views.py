"""What a file says: its own text, and the texts that are hidden in it, one inside another."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanning.child.hidden import (
    arguments,
    base64_text,
    char_codes,
    escapes,
    hexadecimal,
    invisible,
    spaced,
    turned,
)
from scanning.child.hidden.piece import Piece
from scanning.child.patience import Patience
from scanning.rules.image import pictures
from scanning.rules.scanned_file import ScannedFile

LAYER_CHARACTERS = 60
# Written out, and not hidden: what is said of open texts is said of these.
ARGUMENTS = "arguments"
_IN_PICTURES = "image-text"
_DEPTH = 3
# Drawn bytes may look like a shorter text in there.
_DEEPER_BYTES = 24
# Packages may hide half their own size, and this beside it; honest ones stay far below.
_FREE_BYTES = 4 * 1024 * 1024
# To find a piece, and to look at a text at all, costs as much as to read so many bytes.
_PIECE_BYTES = 64
_VIEW_BYTES = 1024
_LAYERS: tuple[tuple[str, Callable[[bytes], Iterator[Piece]]], ...] = (
    ("invisible-tags", invisible.tags),
    ("invisible-selectors", invisible.selectors),
    ("invisible-bits", invisible.bits),
    ("escapes", escapes.pieces),
    ("base64", base64_text.pieces),
    ("hex", hexadecimal.pieces),
    ("char-codes", char_codes.pieces),
    ("spaced", spaced.pieces),
    (ARGUMENTS, arguments.pieces),
    ("rot13", turned.rotated),
    ("reversed", turned.backwards),
)


class TooMuchEncoded(Exception):
    """A package hides more than anybody looks through; `line` is where that showed."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Text to read.

    layer: how it was hidden, outermost first, such as `base64+rot13`; "" for the file itself.
    lines: the line of the file for each of its lines; empty where they are the same. ends: the last
    one for each, where it stands on several. is_program: whatever the file is called.
    """

    data: bytes
    layer: str = ""
    is_program: bool = False
    lines: Sequence[int] = ()
    ends: Sequence[int] = ()
    depth: int = 0

    def line_of_file(self, line: int) -> int:
        """Return where in the file one of its lines stands, 0 for nowhere; both from 1."""
        return self.lines[line - 1] if self.lines else line

    def end_in_file(self, line: int) -> int:
        """Return the last line of the file on which one of its lines stands."""
        return self.ends[line - 1] if self.ends else line


class Allowance:
    """How much hidden text of one package is looked at, and how long its texts are read."""

    def __init__(self, size_bytes: int, patience: Patience | None = None) -> None:
        self._left = size_bytes // 2 + _FREE_BYTES
        self.patience = patience or Patience()

    def take(self, size_bytes: int) -> bool:
        """Count some bytes; tell whether all so far are within the allowance."""
        self._left -= size_bytes
        return self._left >= 0


def of(file: ScannedFile, allowance: Allowance) -> Iterator[View]:
    """Yield what a file says, then what is hidden in it; raises TooMuchEncoded."""
    outermost = View(data=file.data) if file.is_text else _of_picture(file.data)
    yield from _unfolded(outermost, allowance, seen={outermost.data})


def _of_picture(data: bytes) -> View:
    """Return what can be read in a picture, which has no lines."""
    text = pictures.text_of(data)
    lines = array("I", [0]) * (text.count(b"\n") + 1)
    return View(data=text, layer=_IN_PICTURES, lines=lines, ends=lines)


def _unfolded(view: View, allowance: Allowance, *, seen: set[bytes]) -> Iterator[View]:
    yield view
    if view.depth < _DEPTH:
        for inner in _inner(view, allowance, seen):
            yield from _unfolded(inner, allowance, seen=seen)
    elif _is_deeper(view):
        raise TooMuchEncoded(view.line_of_file(1))


def _is_deeper(view: View) -> bool:
    """Tell whether something was encoded once more than anybody has a reason for."""
    return any(
        len(piece.data) >= _DEEPER_BYTES
        for pieces in (base64_text.pieces, hexadecimal.pieces)
        for piece in pieces(view.data)
    )


def _inner(outer: View, allowance: Allowance, seen: set[bytes]) -> Iterator[View]:
    """Yield what is hidden in a text, everything that hides alike as one."""
    for layer, pieces in _LAYERS:
        found = _Found(outer)
        for piece in pieces(outer.data):
            line = found.line_of(piece)
            if piece.is_cut or not allowance.take(_PIECE_BYTES + len(piece.data)):
                raise TooMuchEncoded(outer.line_of_file(line))
            if piece.data not in seen:
                seen.add(piece.data)
                found.add(piece, line)
        if found.parts:
            allowance.take(_VIEW_BYTES)
            yield found.together(layer)


class _Found:
    """Gathers pieces of one outer text; counts its lines once."""

    def __init__(self, outer: View) -> None:
        self._outer = outer
        self._place, self._line = 0, 1
        self._lines, self._ends = array("I"), array("I")
        self.parts: list[bytes] = []

    def line_of(self, piece: Piece) -> int:
        """Return the outer line of a piece, counted from the one before it."""
        left, right = sorted((self._place, piece.start))
        between = self._outer.data.count(b"\n", left, right)
        self._line += between if piece.start == right else -between
        self._place = piece.start
        return self._line

    def add(self, piece: Piece, line: int) -> None:
        """Put a piece on lines of its own."""
        self.parts.append(piece.data)
        further = self._outer.data.count(b"\n", piece.start, piece.end)
        for number in range(piece.data.count(b"\n") + 1):
            at = line + number * piece.step
            self._lines.append(self._outer.line_of_file(at))
            self._ends.append(self._outer.end_in_file(at + further))

    def together(self, layer: str) -> View:
        """Return all of it as one text."""
        names = [self._outer.layer, layer] if self._outer.layer else [layer]
        return View(
            data=b"\n".join(self.parts),
            layer="+".join(names)[:LAYER_CHARACTERS],
            lines=self._lines,
            ends=self._ends,
            depth=self._outer.depth + 1,
        )
