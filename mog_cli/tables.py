"""Tables as a terminal shows them: a head, then rows, two spaces between columns.

Where the terminal is too narrow, the last column is broken between words; where even that has no
room, each row becomes a block of lines.
"""

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from mog_cli import streams
from mog_cli.output import one_line

_GAP = "  "
_LEAST_COLUMNS_FOR_THE_LAST = 16

_Row = tuple[str, ...]


def lines(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    """Return a table as text; without a row, nothing.

    right: the heads of columns that align at the right, such as amounts.
    """
    cells: list[_Row] = [tuple(one_line(cell) for cell in row) for row in (head, *rows)]
    if len(cells) == 1:
        return ""
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    before_last = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    columns = streams.out_columns()
    room = widths[-1] if columns is None else min(widths[-1], columns - before_last)
    if room < min(widths[-1], _LEAST_COLUMNS_FOR_THE_LAST):
        return "\n".join(_block(cells[0], row) for row in cells[1:])
    is_right = [name in right for name in head]
    return "\n".join(line for row in cells for line in _lines_of(row, widths, is_right, room=room))


def _lines_of(
    row: _Row, widths: Sequence[int], is_right: Sequence[bool], *, room: int
) -> list[str]:
    is_long = _width(row[-1]) > room
    # Names of packages have hyphens, and are copied.
    wrapped = textwrap.wrap(row[-1], room, break_on_hyphens=False) if is_long else [row[-1]]
    parts = wrapped or [""]  # nothing but spaces
    starts = [row[:-1], *[("",) * (len(row) - 1)] * (len(parts) - 1)]
    return [
        _GAP.join(map(_padded, (*start, part), widths, is_right)).rstrip()
        for start, part in zip(starts, parts, strict=True)
    ]


def _block(head: _Row, row: _Row) -> str:
    facts = zip(head[1:], row[1:], strict=True)
    return "\n".join([row[0], *(f"{_GAP}{name}: {cell}" for name, cell in facts if cell)])


def _padded(cell: str, width: int, is_right: bool) -> str:  # noqa: FBT001 (called by map)
    space = " " * (width - _width(cell))
    return space + cell if is_right else cell + space


def _width(text: str) -> int:
    """Return how many columns a terminal takes: two for wide characters (UAX #11)."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
