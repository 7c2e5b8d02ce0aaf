"""Packages that are made to be slow to scan: a text for each way of keeping a scanner busy.

python -m benchmarks.scan_shapes SHAPE MEGABYTES FILE
"""

import base64
import io
import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from scanning import ruleset
from scanning.rules import packs
from tests.scanning.templates import filled

MB = 1024 * 1024
_FILE_BYTES = 10 * MB - 1024
_LATE_BYTES = 50_000
_MANIFEST = b"name: acme/bench\nversion: 1.0.0\ntype: skill\ndescription: Measured.\n"
_SKILL = b"---\nname: bench\ndescription: Measured.\n---\n"
_TEXT = "the file is read and every line of it shown to whoever asked for a list of names"
_WORDS = _TEXT.split()
# Full-width letters and Cyrillic, which read as others once they are normalised.
_OTHERS = [
    *("каждая", "строка", "файла", "показана"),
    *(word.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}) for word in _WORDS[:4]),
]

# A line of text, by a source of chance and the number of the line.
Line = Callable[[random.Random, int], str]


def _prose(source: random.Random, number: int) -> str:
    return f"{number}. " + " ".join(source.choices(_WORDS, k=12))


def _other_script(source: random.Random, number: int) -> str:
    return f"{number}. " + " ".join(source.choices(_OTHERS, k=12))


def _links(source: random.Random, number: int) -> str:
    words = source.choices(_WORDS, k=4)
    return f"[{words[0]}](https://{words[1]}.example.org/{number}/{words[2]}?q={words[3]})"


def _markers(source: random.Random, number: int) -> str:
    """Name what rules look for, so that each reads the whole file."""
    markers = _of_rules("markers")
    return f"{number} " + " ".join(source.choices(markers, k=6))


def _samples(source: random.Random, number: int) -> str:
    """Show what rules are for, so that each meets it again and again."""
    return f"{number} {filled(source.choice(_of_rules('positive')), seed=number)}"


def _placeholders(source: random.Random, number: int) -> str:
    name = source.choice(("password", "api_key", "token", "client_secret"))
    return f'{name} = "your-{source.choice(_WORDS)}-example-{number}"'


def _base64(source: random.Random, number: int) -> str:
    return base64.b64encode(_prose(source, number).encode()).decode()


def _nested_base64(source: random.Random, number: int) -> str:
    data = _prose(source, number).encode()
    for _ in range(4):
        data = base64.b64encode(data)
    return data.decode()


def _hex(source: random.Random, number: int) -> str:
    return _prose(source, number).encode().hex()


def _percent(source: random.Random, number: int) -> str:
    return "".join(f"%{byte:02x}" for byte in _prose(source, number).encode())


def _entities(source: random.Random, number: int) -> str:
    return "".join(f"&#{byte};" for byte in _prose(source, number).encode())


@dataclass(frozen=True, slots=True)
class Shape:
    """How the files of a slow package are written.

    separator: between lines. files: how many; 0 for as few as may be. is_late: all but the last
    50 kB of each file is prose.
    """

    line: Line
    separator: str = "\n"
    files: int = 0
    is_late: bool = False


SHAPES: dict[str, Shape] = {
    "prose": Shape(_prose),
    "prose on one line": Shape(_prose, separator=" "),
    "prose in 1,990 files": Shape(_prose, files=1_990),
    "letters of another script": Shape(_other_script),
    "links": Shape(_links),
    "words that rules look for": Shape(_markers),
    "what rules are for": Shape(_samples),
    "what rules are for, at the end": Shape(_samples, is_late=True),
    "what rules are for, in 1,990 files": Shape(_samples, files=1_990),
    "placeholders of secrets": Shape(_placeholders),
    "Base64, a blob a line": Shape(_base64),
    "Base64, four times over": Shape(_nested_base64),
    "hexadecimal": Shape(_hex),
    "percent escapes": Shape(_percent),
    "character references": Shape(_entities),
}


def package(shape: Shape, size_bytes: int) -> bytes:
    """Return an upload of a shape that is so large once it is unpacked."""
    files = shape.files or max(1, size_bytes // _FILE_BYTES)
    file_bytes = min(size_bytes // files, _FILE_BYTES)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("mog.yaml", _MANIFEST)
        archive.writestr("README.md", b"# Bench\n")
        archive.writestr("content/SKILL.md", _SKILL)
        for number in range(files):
            archive.writestr(f"content/f{number:04}.md", _file(shape, file_bytes, seed=number))
    return output.getvalue()


def _file(shape: Shape, size_bytes: int, *, seed: int) -> bytes:
    if not shape.is_late:
        return _text(shape, size_bytes, seed=seed)
    late = min(size_bytes // 2, _LATE_BYTES)
    prose = _text(replace(shape, line=_prose), size_bytes - late, seed=seed)
    return prose + b"\n" + _text(shape, late - 1, seed=seed)


def _text(shape: Shape, size_bytes: int, *, seed: int) -> bytes:
    """Write so much; half a megabyte of lines, again and again, is as slow as all different."""
    lines = _lines(shape.line, min(size_bytes, MB // 2), seed)
    piece = shape.separator.join(lines) + shape.separator
    encoded = piece.encode()
    whole = encoded * (size_bytes // len(encoded) + 1)
    return whole[:size_bytes].decode(errors="ignore").encode()


def _lines(line: Line, size_bytes: int, seed: int) -> Iterator[str]:
    source = random.Random(seed)  # noqa: S311 (no secret)
    written, number = 0, 0
    while written < size_bytes:
        made = line(source, number)
        yield made
        written += len(made.encode()) + 1
        number += 1


@cache
def _of_rules(kind: str) -> list[str]:
    """Return the markers or the samples of all open rules."""
    packed = packs.load(ruleset.OPEN_RULES)
    if kind == "markers":
        return [word for each in packed if each.pattern for word in each.pattern.markers]
    return [" ".join(text.split()) for each in packed for text in each.positive]


def main() -> None:
    """Write one package."""
    shape, size, path = sys.argv[1:]
    Path(path).write_bytes(package(SHAPES[shape], int(size) * MB))


if __name__ == "__main__":
    main()
