"""The code blocks of Markdown (CommonMark 0.31, 4.5), read line by line in linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Quotes and list marks may stand before a fence.
_OPENING = re.compile(r"(?P<indent>[ \t>*+-]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; `language` in lower case, "" where none is named.

    first_line: of its text, counted from 1.
    """

    language: str
    first_line: int
    text: str


def of(text: str) -> Iterator[Fence]:
    """Yield every block; one that is not closed ends with the text, as renderers have it."""
    opening: re.Match[str] | None = None
    first, lines = 0, list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        if opening is None:
            opening = _opening(line)
            first, lines = number + 1, []
        elif _closes(line, opening["mark"]):
            yield _fence(opening, first, lines)
            opening = None
        else:
            lines.append(line)
    if opening is not None:
        yield _fence(opening, first, lines)


def prose(text: str) -> str:
    """Return the lines that stand in no block."""
    kept: list[str] = []
    opening: re.Match[str] | None = None
    for line in text.split("\n"):
        if opening is not None:
            opening = None if _closes(line, opening["mark"]) else opening
        elif (opening := _opening(line)) is None:
            kept.append(line)
    return "\n".join(kept)


def _opening(line: str) -> re.Match[str] | None:
    return _OPENING.match(line) if "```" in line or "~~~" in line else None


def _closes(line: str, mark: str) -> bool:
    bare = line.strip(" \t>\r")
    return len(bare) >= len(mark) and bare.startswith(mark) and not bare.strip(mark[0])


def _fence(opening: re.Match[str], first_line: int, lines: list[str]) -> Fence:
    words = opening["info"].strip(" {.}").split(maxsplit=1)
    indent = len(opening["indent"])
    inner = [line[indent:] if not line[:indent].strip(" \t>") else line for line in lines]
    return Fence(words[0].lower() if words else "", first_line, "\n".join(inner))
