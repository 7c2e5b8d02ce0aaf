"""Lines of bytes, asked for in any order."""

import pytest

from scanning.child.line_index import LineIndex

_TEXTS = (
    b"",
    b"a",
    b"\n",
    b"a\nbb\n",
    b"\n" * 70_000,
    b"x" * 65_535 + b"\n\n" + b"y" * 9,
    b"ab\n" * 50_000,
)


@pytest.mark.parametrize("data", _TEXTS, ids=range(len(_TEXTS)))
def test_it_says_what_counting_from_the_start_says(data: bytes) -> None:
    index = LineIndex(data)
    for offset in {0, 1, len(data) // 2, 65_535, 65_536, 65_537, len(data)}:
        if offset <= len(data):
            assert index.line_at(offset) == data.count(b"\n", 0, offset) + 1


@pytest.mark.parametrize("data", _TEXTS, ids=range(len(_TEXTS)))
def test_a_line_begins_behind_the_end_of_the_one_before(data: bytes) -> None:
    index = LineIndex(data)
    lines = data.split(b"\n")
    for line in {1, 2, len(lines) // 2, len(lines) - 1, len(lines)}:
        if 1 <= line <= len(lines):
            assert index.start_of(line) == len(b"\n".join(lines[: line - 1])) + (line > 1)
    assert index.start_of(len(lines) + 1) == len(data)
