"""Programs that stand in texts: code blocks of Markdown, cells of notebooks, scripts kept as text.

An agent runs them as it runs scripts, so what is said of a script is said of them, too.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanning.rules import fences

MARKDOWN = (".md", ".mdx")
_PLAIN = (".txt", ".json")
# Blocks of these show data, or what a program prints.
NO_CODE = frozenset(
    {
        *(
            "json",
            "jsonc",
            "json5",
            "yaml",
            "yml",
            "toml",
            "xml",
            "html",
            "css",
            "scss",
            "markdown",
        ),
        *("md", "mdx", "text", "txt", "csv", "diff", "patch", "mermaid", "ini", "graphql", "svg"),
        *("http", "output", "log", "dot", "plantuml", "latex", "tex", "properties", "gherkin"),
    }
)
# Notebooks are longer, and people do not write texts by hand that are.
_FILE_BYTES = 1024 * 1024
_CELLS = '"cell_type"'
# How scripts begin, whatever their file is called.
_BEGINNING = re.compile(
    r"\A(?:[ \t]*(?:#[^\n]*)?\n){0,40}"
    r"(?:#!/|import [\w.]+(?: as \w+|, ?[\w.]+)*\n|from [\w.]+ import "
    r"|(?:const|let|var) [\w{}, ]+ ?= ?|set -[eux]|param ?\(|\$\w+ ?= |use strict;|require [\"'])"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A program in a text.

    language: in lower case, as the text names it. lines: the line of the file for each of its own.
    """

    language: str
    lines: Sequence[int]
    text: str


def of(path: str, data: bytes) -> Iterator[Block]:
    """Yield every program of a file that is none by its name."""
    name = path.lower()
    if name.endswith(MARKDOWN):
        if b"```" in data or b"~~~" in data:
            yield from _blocks(data.decode(errors="replace"))
    elif name.endswith(_PLAIN) and len(data) <= _FILE_BYTES:
        yield from _of_plain(data.decode(errors="replace"))


def _blocks(text: str) -> Iterator[Block]:
    for fence in fences.of(text):
        if fence.language not in NO_CODE:
            yield _block(fence.language, fence.first_line, fence.text)


def _of_plain(text: str) -> Iterator[Block]:
    if _CELLS in text[:_FILE_BYTES] and text.lstrip().startswith("{"):
        yield from _cells(text)
    elif _BEGINNING.match(text):
        yield _block("", 1, text)


def _cells(text: str) -> Iterator[Block]:
    """Yield the code of a notebook (nbformat 4), each cell from the line on which it begins."""
    try:
        cells = json.loads(text)["cells"]
        sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    place, line = 0, 1
    for source in filter(None, sources):
        # Once one is written otherwise than expected, all others stand on the last known line.
        found = text.find(json.dumps(source.split("\n")[0])[:-1], place) if place >= 0 else -1
        line += text.count("\n", place, found) if found >= 0 else 0
        place = found
        is_spread = found >= 0 and "\n" in text[found : found + 2 * len(source)]
        count = source.count("\n") + 1
        yield Block("python", range(line, line + count) if is_spread else [line] * count, source)


def _source(cell: dict[str, str | list[str]]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _block(language: str, first_line: int, text: str) -> Block:
    return Block(language, range(first_line, first_line + text.count("\n") + 1), text)
