"""One change to a project at a time: each can be made, and taken back from wherever it stopped."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from mog_cli import atomic_file, durable
from mog_cli.errors import JournalRefused
from mog_cli.project import Project


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one change: what is new, what was there, and what is taken back."""

    project: Project
    id: str

    @classmethod
    def fresh(cls, project: Project) -> "Workspace":
        """Return one that nobody else has."""
        return cls(project, secrets.token_hex(8))

    @property
    def folder(self) -> Path:
        """Return the folder, on the file system of the project."""
        return self.project.state / "tmp" / self.id

    def new(self, number: int) -> Path:
        """Return where the new state of a step waits."""
        return self.folder / f"new-{number}"

    def old(self, number: int) -> Path:
        """Return where the old state of a step is kept."""
        return self.folder / f"old-{number}"

    def gone(self, number: int) -> Path:
        """Return where a new state goes that is taken back."""
        return self.folder / f"gone-{number}"

    def place(self, path: str) -> Path:
        """Return where a step works; an absolute path is a setting outside of the project."""
        return Path(path) if os.path.isabs(path) else self.project.place(path)


@dataclass(frozen=True, slots=True)
class FolderStep:
    """Put a folder where another was, or none; `made` are the folders above it that are missing."""

    path: str
    number: int
    had_old: bool
    has_new: bool
    made: tuple[str, ...] = ()

    def apply(self, work: Workspace) -> None:
        """Make the change; raises OSError."""
        place = work.place(self.path)
        if self.had_old:
            durable.move(place, work.old(self.number))
        if self.has_new:
            self._make_folders(work)
            durable.move(work.new(self.number), place)

    def undo(self, work: Workspace, warn: Callable[[str], None]) -> None:  # noqa: ARG002
        """Take the change back, however far it came; raises OSError."""
        place, old, gone = work.place(self.path), work.old(self.number), work.gone(self.number)
        was_placed = self.has_new and not os.path.lexists(work.new(self.number))
        is_in_the_way = os.path.lexists(place) and (os.path.lexists(old) or not self.had_old)
        if was_placed and is_in_the_way and not os.path.lexists(gone):
            durable.move(place, gone)
        if os.path.lexists(old):
            durable.move(old, place)
        for folder in reversed(self.made):
            with contextlib.suppress(OSError):  # somebody else uses it by now, or it never was
                work.place(folder).rmdir()

    def _make_folders(self, work: Workspace) -> None:
        for folder in self.made:
            durable.make_folder(work.place(folder))


@dataclass(frozen=True, slots=True)
class FileStep:
    """Put a file where another was, or none; `old` and `new` are digests, None for no file."""

    path: str
    number: int
    old: str | None
    new: str | None
    mode: int
    made: tuple[str, ...] = ()

    def apply(self, work: Workspace) -> None:
        """Make the change; raises OSError."""
        for folder in self.made:
            durable.make_folder(work.place(folder))
        self._put(work, work.new(self.number) if self.new else None)

    def undo(self, work: Workspace, warn: Callable[[str], None]) -> None:
        """Take the change back unless somebody else has changed the file since; raises OSError."""
        place = work.place(self.path)
        found = digest_of(place)
        for leftover in place.parent.glob(f"{self._prefix(work)}*"):
            leftover.unlink(missing_ok=True)
        if found == self.new != self.old:
            self._put(work, self._kept(work))
        elif found != self.old:
            warn(f"{place} was changed by somebody else meanwhile and stays as it is.")
        for folder in reversed(self.made):
            with contextlib.suppress(OSError):
                work.place(folder).rmdir()

    def _put(self, work: Workspace, source: Path | None) -> None:
        place = work.place(self.path)
        if source is None:
            durable.remove(place)
            return
        prefix = self._prefix(work)
        atomic_file.replace(place, source.read_bytes(), mode=self.mode, prefix=prefix)

    def _kept(self, work: Workspace) -> Path | None:
        if self.old is None:
            return None
        kept = work.old(self.number)
        if digest_of(kept) != self.old:
            raise JournalRefused(
                f"{kept}, the copy of {self.path} from before, is damaged.",
                advice=f"Look at {self.path} yourself, then delete {work.project.state}.",
            )
        return kept

    def _prefix(self, work: Workspace) -> str:
        return f".mog-{work.id}-"


Step: TypeAlias = FolderStep | FileStep
_KINDS: dict[str, type[FolderStep] | type[FileStep]] = {"folder": FolderStep, "file": FileStep}


def to_json(step: Step) -> dict[str, object]:
    """Return a step as the journal holds it."""
    return {"kind": "folder" if isinstance(step, FolderStep) else "file", **asdict(step)}


def from_json(entry: dict[str, object]) -> Step:
    """Return a step out of a journal that can be trusted."""
    fields = {**entry, "made": tuple(entry["made"])}  # type: ignore[arg-type]  # we signed it
    kind = _KINDS[str(fields.pop("kind"))]
    return kind(**fields)  # type: ignore[arg-type]  # the same


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes; None when there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
