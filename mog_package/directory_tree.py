"""The files of a folder, held to the same rules as those of a zip."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from mog_package import tree
from mog_package.archive import names
from mog_package.errors import Problem, ValidationError
from mog_package.limits import UPLOAD, Limits
from mog_package.rules import Rule


class DirectoryTree:
    """The files below a folder as they were when it was opened."""

    def __init__(self, folder: Path, paths: tuple[str, ...], limits: Limits) -> None:
        self._folder = folder
        self._paths = paths
        self._limits = limits

    @classmethod
    def open(cls, folder: Path, *, limits: Limits = UPLOAD) -> Self:
        """Walk a folder.

        Raises ValidationError with every file that may not be packed; OSError when the folder
        itself cannot be read.
        """
        found = _Walk(folder, limits)
        found.enter("", depth=0)
        found.check_together()
        if found.problems:
            raise ValidationError(found.problems)
        return cls(folder, tree.in_order(found.sizes), limits)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the path of every file."""
        return self._paths

    def read(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises ValidationError when it has become something else, too large, or unreadable.
        """
        try:
            with open(self._folder / path, "rb", opener=_open_itself) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise ValidationError.of(Rule.SPECIAL_FILE, path=path)
                data = file.read(self._limits.file_bytes + 1)
        except OSError as error:
            raise ValidationError.of(Rule.CANNOT_READ, _reason(error), path=path) from None
        if len(data) > self._limits.file_bytes:
            raise ValidationError.of(Rule.FILE_TOO_LARGE, path=path)
        return data


class _Walk:
    """What a walk has found so far; stops looking once there are too many files."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self.sizes: dict[str, int] = {}
        self.problems: list[Problem] = []

    def enter(self, below: str, *, depth: int) -> None:
        """Note the files of one folder and of those in it."""
        for entry in _sorted_entries(self._folder / below):
            path = f"{below}/{entry.name}" if below else entry.name
            if tree.is_ignored_name(entry.name) or len(self.sizes) > self._limits.files:
                continue
            try:
                self._note(path, entry, depth=depth)
            except OSError as error:
                self.problems.append(Problem(Rule.CANNOT_READ, _reason(error), path))

    def check_together(self) -> None:
        """Judge what only all files together show."""
        total = sum(self.sizes.values())
        if len(self.sizes) > self._limits.files:
            self.problems.append(Problem(Rule.TOO_MANY_FILES, f"at most {self._limits.files:,}"))
        if total > self._limits.unpacked_bytes:
            detail = f"{total:,} bytes, at most {self._limits.unpacked_bytes:,}"
            self.problems.append(Problem(Rule.UNPACKED_TOO_LARGE, detail))
        if broken := names.broken_pair(self.sizes):
            rule, path, other = broken
            self.problems.append(Problem(rule, f"as {other}", path))

    def _note(self, path: str, entry: os.DirEntry[str], *, depth: int) -> None:
        if entry.is_symlink():
            self.problems.append(Problem(Rule.LINK, path=path))
        elif entry.is_dir():
            if depth + 1 < self._limits.path_parts:
                self.enter(path, depth=depth + 1)
            else:
                self.problems.append(Problem(Rule.NAME_TOO_DEEP, path=path))
        elif not entry.is_file():
            self.problems.append(Problem(Rule.SPECIAL_FILE, path=path))
        else:
            self._note_file(path, entry.stat(follow_symlinks=False).st_size)

    def _note_file(self, path: str, size: int) -> None:
        if broken := names.broken_rule(path, self._limits):
            self.problems.append(Problem(broken[0], broken[1], path))
            return
        if size > self._limits.file_bytes:
            detail = f"{size:,} bytes, at most {self._limits.file_bytes:,}"
            self.problems.append(Problem(Rule.FILE_TOO_LARGE, detail, path))
        self.sizes[path] = size


def _open_itself(path: str, flags: int) -> int:
    """Open what has perhaps become a link or a pipe since the walk: neither follow nor wait."""
    # Windows has neither flag.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _sorted_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from sorted(entries, key=lambda entry: entry.name)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
