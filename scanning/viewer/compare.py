"""A program: how the texts of two canonical archives differ, line by line, for people to read."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mog_package import CANONICAL, ArchiveTree, is_image, open_archive
from scanning.viewer import line_diff, plain_lines
from scanning.viewer.line_diff import Block
from scanning.viewer.masks import Masks, SecretFinder
from scanning.viewer.plain_lines import Kind, Part

BEFORE, AFTER = "before.zip", "after.zip"
# So many lines are shown, and so many of one file: a long one hides no other.
LINES = 5_000
LINES_OF_A_FILE = 1_000
_BYTES_OF_A_FILE = 1024 * 1024
# So much is read and compared at most.
_COMPARED_BYTES = 8 * 1024 * 1024
_CONTEXT = 3


class _Text:
    """One side of a comparison: lines with their ends, and what of them must not be shown."""

    def __init__(self, data: bytes, masks: Masks) -> None:
        self.lines = _split(data)
        self._data = data
        self._masks = masks
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    def parts(self, number: int) -> list[Part]:
        """Return a line, counted from 0, as people may see it."""
        start, end = self._starts[number], self._starts[number + 1]
        has_end = self._data.endswith(b"\n", start, end)
        shown = plain_lines.parts(self._data, start, end - has_end, self._masks)
        return shown if has_end else [*shown, (Kind.HIDDEN, "no end of line")]


class _Budget:
    """How much may still be shown, and read."""

    def __init__(self) -> None:
        self.lines = LINES
        self.characters = plain_lines.ANSWER_CHARACTERS
        self.to_read = _COMPARED_BYTES

    @property
    def is_spent(self) -> bool:
        """Tell whether nothing more fits."""
        return self.lines <= 0 or self.characters <= 0 or self.to_read <= 0

    def spend(self, parts: list[Part]) -> None:
        """Count a line."""
        self.lines -= 1
        self.characters -= plain_lines.cost(parts)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Return the hunks of each file, in the order asked for; None where no text is shown.

    request: `files`, each with `path` and whether it is there `before` and `after`; `patterns`,
    the rules about secrets.
    """
    finder, budget = SecretFinder(request["patterns"]), _Budget()
    with ExitStack() as stack:
        trees = {
            side: open_archive(stack.enter_context(Path(name).open("rb")), limits=CANONICAL)
            for side, name in (("before", BEFORE), ("after", AFTER))
        }
        return {"files": [_file(each, trees, finder, budget) for each in request["files"]]}


def _file(
    asked: dict[str, Any],
    trees: dict[str, ArchiveTree],
    finder: SecretFinder,
    budget: _Budget,
) -> dict[str, Any]:
    path: str = asked["path"]
    if is_image(path) or budget.is_spent:
        return {"hunks": None, "isCut": not is_image(path)}
    data = {side: tree.read(path) if asked[side] else b"" for side, tree in trees.items()}
    budget.to_read -= sum(map(len, data.values()))
    if max(map(len, data.values())) > _BYTES_OF_A_FILE:
        return {"hunks": None, "isCut": True}
    sides = {side: _Text(text, finder.masks(path, text)) for side, text in data.items()}
    hunks, is_cut = _hunks(sides["before"], sides["after"], budget)
    return {"hunks": hunks, "isCut": is_cut}


def _hunks(before: _Text, after: _Text, budget: _Budget) -> tuple[list[dict[str, Any]], bool]:
    """Return the hunks of one file, and whether there were more."""
    hunks: list[dict[str, Any]] = []
    left = LINES_OF_A_FILE
    for group in _groups(line_diff.blocks(before.lines, after.lines)):
        lines: list[tuple[str, list[Part]]] = []
        first = max(0, group[0].before_start - _CONTEXT)
        hunk = {"before": first + 1, "after": _other_side(group[0], first) + 1, "lines": lines}
        hunks.append(hunk)
        for sign, parts in _lines(before, after, group):
            if budget.is_spent or not left:
                return hunks, True
            lines.append((sign, parts))
            budget.spend(parts)
            left -= 1
    return hunks, False


def _groups(blocks: list[Block]) -> Iterator[list[Block]]:
    """Put blocks together whose context would overlap."""
    group: list[Block] = []
    for block in blocks:
        if group and block.before_start - group[-1].before_end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _lines(before: _Text, after: _Text, group: list[Block]) -> Iterator[tuple[str, list[Part]]]:
    at = max(0, group[0].before_start - _CONTEXT)
    for block in group:
        yield from ((" ", before.parts(i)) for i in range(at, block.before_start))
        yield from (("-", before.parts(i)) for i in range(block.before_start, block.before_end))
        yield from (("+", after.parts(i)) for i in range(block.after_start, block.after_end))
        at = block.before_end
    end = min(at + _CONTEXT, len(before.lines))
    yield from ((" ", before.parts(i)) for i in range(at, end))


def _other_side(block: Block, before_line: int) -> int:
    """Return which line after stands where a line before this block, and not changed, does."""
    return before_line + block.after_start - block.before_start


def _split(data: bytes) -> list[bytes]:
    """Return the lines with their ends, where only a line feed is one."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
