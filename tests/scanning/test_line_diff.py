"""Which lines differ: always right, and quick on texts made to be slow."""

import random
import time

import pytest

from scanning.viewer import line_diff


def applied(before: list[bytes], after: list[bytes]) -> list[bytes]:
    """Return what `before` becomes by the blocks that are told."""
    made, at = [], 0
    for block in line_diff.blocks(before, after):
        made += before[at : block.before_start] + after[block.after_start : block.after_end]
        at = block.before_end
    return made + before[at:]


def lines(text: str) -> list[bytes]:
    """Return a line for each letter."""
    return [letter.encode() for letter in text]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "aXc", 1),
        ("abc", "", 1),
        ("", "abc", 1),
        ("abcdefgh", "aXcdefYh", 2),
        ("aab", "ab", 1),
        ("abcd", "cdab", 2),
        ("xaxbxcx", "xbxcxax", 2),
    ],
)
def test_blocks_turn_one_text_into_the_other(before: str, after: str, changed: int) -> None:
    assert applied(lines(before), lines(after)) == lines(after)
    assert len(line_diff.blocks(lines(before), lines(after))) == changed


def test_any_two_texts_are_told_apart_rightly() -> None:
    draw = random.Random(4)
    for _ in range(500):
        letters = "ab" if draw.random() < 0.5 else "abcdefghijklmnopqrstuvwxyz"
        before, after = (
            lines("".join(draw.choices(letters, k=draw.randrange(90)))) for _ in range(2)
        )
        assert applied(before, after) == after


def test_a_line_that_moved_past_unique_lines_is_all_that_is_told() -> None:
    before = [b"%d" % number for number in range(5_000)]
    after = [*before[:100], *before[101:4_000], before[100], *before[4_000:]]
    blocks = line_diff.blocks(before, after)
    told = [
        (each.before_end - each.before_start, each.after_end - each.after_start) for each in blocks
    ]
    assert told == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([b"same"] * 100_000, [b"same"] * 50_000 + [b"other"] * 50_000),
        ([b"a", b"b"] * 50_000, [b"b", b"a", b"a"] * 30_000),
        ([b"%d" % (n % 300) for n in range(100_000)], [b"%d" % (n % 299) for n in range(100_000)]),
        ([b"%d" % n for n in range(100_000)], [b"%d" % n for n in range(100_000, 0, -1)]),
    ],
)
def test_texts_made_to_be_slow_are_compared_in_seconds(
    before: list[bytes], after: list[bytes]
) -> None:
    begun = time.process_time()
    assert applied(before, after) == after
    assert time.process_time() - begun < 5
