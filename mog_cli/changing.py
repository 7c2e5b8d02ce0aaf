"""Change a project as a whole: every folder and file at once, or nothing at all."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from mog_cli import durable, journal, recovery
from mog_cli.errors import CannotWrite
from mog_cli.journal import Journal
from mog_cli.output import Console
from mog_cli.project import Project
from mog_cli.steps import FileStep, FolderStep, Step, Workspace
from mog_cli.user_folder import UserFolder


class Change:
    """Steps that are prepared beside the project and made together; we hold the project's lock.

    Every method raises CannotWrite.
    """

    def __init__(self, project: Project) -> None:
        self.work = Workspace.fresh(project)
        self._project = project
        self._steps: list[Step] = []
        self._folders: set[str] = set()
        _translate(self.work.folder.mkdir, self._project)

    def put_folder(self, path: str, fill: Callable[[Path], None]) -> None:
        """Prepare a folder by filling a new one; whatever is in its place then goes."""
        if not self._is_first(path):
            return
        number = len(self._steps)
        new = self.work.new(number)
        _translate(new.mkdir, self._project)
        fill(new)
        self._add_folder(path, has_new=True)

    def remove_folder(self, path: str) -> None:
        """Prepare to remove a folder."""
        if self._is_first(path):
            self._add_folder(path, has_new=False)

    def put_file(self, path: str, content: bytes | None, *, mode: int = 0o666) -> None:
        """Prepare a file's content, None to remove it; an absolute path is a shared setting.

        `mode` is for a file that is not there yet.
        """
        _translate(lambda: self._add_file(path, content, mode), self._project)

    def commit(self, user: UserFolder, console: Console) -> None:
        """Make every step, or take back what was made.

        Should even that fail, the journal stays and the next command takes it back.
        """
        noted = Journal(self.work, tuple(self._steps))
        _translate(lambda: self._commit(noted, user, console), self._project)

    def _commit(self, noted: Journal, user: UserFolder, console: Console) -> None:
        durable.sync_folder(self.work.folder)
        durable.sync_folder(self.work.folder.parent)
        key = user.journal_key()
        if noted.reaches_outside:
            user.note(self._project.root)
        journal.write(noted, key=key)
        try:
            for step in noted.steps:
                step.apply(self.work)
            journal.remove(self._project)
        except BaseException:
            recovery.undo(noted, user, console)
            raise
        if noted.reaches_outside:
            with contextlib.suppress(OSError):  # the change counts; a note without journal is idle
                user.forget()

    def _is_first(self, path: str) -> bool:
        """Tell whether no step has this folder; clients may share one through a link."""
        place = self.work.place(path.removesuffix("/"))
        real = os.path.join(os.path.realpath(place.parent), place.name)
        is_first = real not in self._folders
        self._folders.add(real)
        return is_first

    def _add_folder(self, path: str, *, has_new: bool) -> None:
        trimmed = path.removesuffix("/")
        place = self.work.place(trimmed)
        step = FolderStep(
            path=trimmed,
            number=len(self._steps),
            had_old=os.path.lexists(place),
            has_new=has_new,
            made=self._missing_above(trimmed),
        )
        self._steps.append(step)

    def _add_file(self, path: str, content: bytes | None, mode: int) -> None:
        number, place = len(self._steps), self.work.place(path)
        old = place.read_bytes() if place.is_file() else None
        if old is not None:
            durable.write(self.work.old(number), old, mode=0o600)
            mode = stat.S_IMODE(place.stat().st_mode)
        if content is not None:
            durable.write(self.work.new(number), content, mode=0o600)
        made = self._missing_above(path) if content is not None else ()
        step = FileStep(path, number, _sha256(old), _sha256(content), mode, made)
        self._steps.append(step)

    def _missing_above(self, path: str) -> tuple[str, ...]:
        """Return the folders above a path that have to be made, outermost first."""
        above = [str(folder) for folder in Path(path).parents if str(folder) not in {".", "/"}]
        return tuple(
            folder for folder in reversed(above) if not os.path.lexists(self._project.root / folder)
        )


def _sha256(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _translate(act: Callable[[], None], project: Project) -> None:
    try:
        act()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = error.filename2 or error.filename or project.root
        advice = "Nothing was changed."
        if journal.exists(project):
            advice = "The next mog command in this project takes the change back."
        raise CannotWrite(f"{where} cannot be written: {reason}.", advice=advice) from error
