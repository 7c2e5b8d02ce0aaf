"""Let people read files of a canonical archive, and how two archives differ.

A child of the sandbox reads the archives; this process only checks what it says and never sees a
byte of them. Secrets are masked and what cannot be seen is spelled out before it leaves the child.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from scanning import ruleset, sandbox
from scanning.answer_values import LONG, flag, number, optional, record, several, text
from scanning.child.rulebook import is_secret
from scanning.errors import Reason, ScanInconclusive
from scanning.viewer import compare, show
from scanning.viewer.plain_lines import Kind

_Read = TypeVar("_Read")

LINES = show.LINES
# Somebody waits for the page; what takes longer is not shown.
_WALL_CLOCK_SECONDS = 10
# Spelled out, a byte of a file is a few characters; parts of a line can be as short as one.
_LINE_CHARACTERS = 32_000
_PARTS = 4_100


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: text to show as it is, or what stands for something else."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, counted from 1."""

    number: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """Some lines of a text; of an image there are none."""

    is_text: bool
    size_bytes: int
    total_lines: int
    lines: tuple[Line, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether every line is there."""
        return len(self.lines) == self.total_lines


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not the same in two archives."""

    path: str
    is_before: bool
    is_after: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a hunk. sign: `-`, `+`, or a space for one that both archives have.

    before, after: its number on either side, counted from 1; None where it is not there.
    """

    sign: str
    before: int | None
    after: int | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """How a text differs, in hunks; none where no text is shown. is_cut: there is more."""

    path: str
    hunks: tuple[tuple[DiffLine, ...], ...]
    is_cut: bool


def view(archive: Path, path: str, *, first_line: int = 1) -> FileView:
    """Return a file of a canonical archive, up to `LINES` lines from one on.

    Raises ScanInconclusive, also when there is no such file.
    """
    job = sandbox.Job(
        program=show.__name__,
        request={"path": path, "firstLine": first_line, "patterns": _secret_patterns()},
        inputs={show.ARCHIVE: archive},
    )
    return _read(_run(job), lambda value: _file_view(value, first_line=first_line))


def differ(before: Path, after: Path, changes: Sequence[Change]) -> tuple[FileDiff, ...]:
    """Return how the changed files of two canonical archives differ, in the order asked for.

    Raises ScanInconclusive.
    """
    asked = [
        {"path": each.path, "before": each.is_before, "after": each.is_after} for each in changes
    ]
    job = sandbox.Job(
        program=compare.__name__,
        request={"files": asked, "patterns": _secret_patterns()},
        inputs={compare.BEFORE: before, compare.AFTER: after},
    )
    return _read(_run(job), lambda value: _file_diffs(value, changes))


def _secret_patterns() -> list[Mapping[str, Any]]:
    patterns: list[Mapping[str, Any]] = ruleset.current().request["patterns"]
    return [pattern for pattern in patterns if is_secret(pattern["id"])]


def _run(job: sandbox.Job) -> bytes:
    ceilings = sandbox.Limits(
        wall_clock_seconds=_WALL_CLOCK_SECONDS,
        cpu_seconds=_WALL_CLOCK_SECONDS,
        memory_bytes=settings.SCAN_MEMORY_BYTES,
    )
    return sandbox.run(job, limits=ceilings, is_strict=settings.IS_PRODUCTION).answer


def _read(answer: bytes, read: Callable[[Any], _Read]) -> _Read:
    try:
        return read(json.loads(answer))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ScanInconclusive(Reason.MALFORMED, repr(error)[:LONG]) from None


def _file_view(value: Any, *, first_line: int) -> FileView:
    read = record(value, "isText", "sizeBytes", "totalLines", "lines")
    lines = several(read["lines"], _parts, at_most=show.LINES)
    return FileView(
        is_text=flag(read["isText"]),
        size_bytes=number(read["sizeBytes"]),
        total_lines=number(read["totalLines"]),
        lines=tuple(Line(at, parts) for at, parts in enumerate(lines, start=first_line)),
    )


def _file_diffs(value: Any, changes: Sequence[Change]) -> tuple[FileDiff, ...]:
    files = several(record(value, "files")["files"], lambda each: each, at_most=len(changes))
    return tuple(_file_diff(each, change) for each, change in zip(files, changes, strict=True))


def _file_diff(value: Any, change: Change) -> FileDiff:
    read = record(value, "hunks", "isCut")
    hunks = optional(read["hunks"], lambda told: several(told, _hunk, at_most=compare.LINES))
    return FileDiff(path=change.path, hunks=hunks or (), is_cut=flag(read["isCut"]))


def _hunk(value: Any) -> tuple[DiffLine, ...]:
    read = record(value, "before", "after", "lines")
    before, after = number(read["before"]), number(read["after"])
    lines: list[DiffLine] = []
    for sign, parts in several(read["lines"], _signed, at_most=compare.LINES):
        is_before, is_after = sign != "+", sign != "-"
        lines.append(
            DiffLine(sign, before if is_before else None, after if is_after else None, parts)
        )
        before, after = before + is_before, after + is_after
    return tuple(lines)


def _signed(value: Any) -> tuple[str, tuple[Part, ...]]:
    sign, parts = several(value, lambda each: each, at_most=2)
    if sign not in {" ", "-", "+"}:
        raise ValueError("expected the sign of a line")
    return sign, _parts(parts)


def _parts(value: Any) -> tuple[Part, ...]:
    return several(value, _part, at_most=_PARTS)


def _part(value: Any) -> Part:
    kind, shown = several(value, lambda each: each, at_most=2)
    return Part(Kind(kind), text(shown, at_most=_LINE_CHARACTERS))
