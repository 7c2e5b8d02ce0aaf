"""Checks of single files take time linear in their size, whatever the file holds."""

import time
from collections.abc import Callable

import pytest

from scanning.rules import checks
from scanning.rules.scanned_file import ScannedFile

_MB = 1024 * 1024

_HOSTILE: dict[str, Callable[[], str]] = {
    "spaces": lambda: " " * 2 * _MB,
    "spaces and a letter": lambda: (" " * 199 + "x") * (_MB // 100),
    "lines": lambda: "\n" * 2 * _MB,
    "lines of spaces": lambda: " \n" * _MB,
    "brackets": lambda: "<" * 2 * _MB,
    "hidden elements": lambda: "<p hidden> \n" * (_MB // 6),
    "open styles": lambda: "<a style=" * (_MB // 5),
    "code blocks": lambda: "```\na\n```\n" * (_MB // 5) + "<p hidden>some text that is long",
    "links without end": lambda: "[text](https://" * (_MB // 8),
    "links": lambda: "[https://github.com](https://acme.dev) " * (_MB // 20),
    "hosts": lambda: " ".join(f"https://githu{number}.io" for number in range(_MB // 10)),
    "one host": lambda: "https://gihtub.com/a " * (_MB // 10),
    "a long host": lambda: "https://" + "a." * _MB,
    "numbers": lambda: " ".join(f"http://45.83.{n >> 8 & 255}.{n & 255}/" for n in range(60_000)),
    "many at signs": lambda: "https://" + "a@" * _MB,
    "turned lines": lambda: "\u2067 x" * (_MB // 4) + "\u05d0",
    "zero width": lambda: "a\u200b" * (_MB // 2),
    "tags": lambda: "a\U000e0041" * (_MB // 4),
    "mixed words": lambda: "TNF\u03b1 " * (_MB // 4),
    "one long word": lambda: "a" * 2 * _MB + "\u043e",
    "escapes": lambda: "\x1b[" * _MB,
    "uses": lambda: '<svg xmlns="http://www.w3.org/2000/svg">' + "<use href='#a'/>" * 100_000,
}


@pytest.mark.parametrize("made", _HOSTILE.values(), ids=_HOSTILE)
def test_two_megabytes_of_anything_are_looked_at_in_seconds(made: Callable[[], str]) -> None:
    data = made().encode()
    for path in ("content/a.md", "content/a.svg"):
        file = ScannedFile(path, data)
        for check in (*checks.TEXT_CHECKS, *checks.FILE_CHECKS):
            begun = time.process_time()
            found = sum(1 for _ in check.look(file))
            assert time.process_time() - begun < 3, check
            assert found <= 200
