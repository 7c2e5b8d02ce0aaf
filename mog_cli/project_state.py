"""The folder `.mog` of a project: one writer at a time, and nothing left over from the last."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from mog_cli import atomic_file, durable, file_lock, journal, recovery
from mog_cli.errors import CannotWrite, JournalRefused, ProjectBusy
from mog_cli.output import Console
from mog_cli.project import Project
from mog_cli.user_folder import UserFolder

_PATIENCE_SECONDS = 120.0
_OWN_NAMES = (".", "tmp", "lock", "journal.json", ".gitignore")


@contextlib.contextmanager
def holding(project: Project, user: UserFolder, console: Console) -> Iterator[None]:
    """Be the only writer of a project whose last change is complete or taken back.

    Raises ProjectBusy, JournalRefused and CannotWrite.
    """
    with _translated(project), contextlib.ExitStack() as stack:
        _make(project)
        lock = file_lock.hold(project.state / "lock", patience_seconds=_PATIENCE_SECONDS)
        stack.enter_context(lock)
        _ignore(project)
        recovery.settle(project, user, console)
        _sweep(project)
        stack.callback(_try_to_sweep, project)
        yield


@contextlib.contextmanager
def holding_shared(project: Project, user: UserFolder, console: Console) -> Iterator[None]:
    """Be the only writer of the settings that projects share; raises the same."""
    with user.holding():
        recovery.settle_noted(project, user, console)
        yield


@contextlib.contextmanager
def looking(project: Project) -> Iterator[None]:
    """Wait until no other mog is at work in a project, and keep it so; changes nothing.

    Whoever may not see the lock, another user or one whose project was never worked in, looks
    without. Raises ProjectBusy and JournalRefused.
    """
    _refuse_links(project)
    with contextlib.ExitStack() as stack:
        with _translated(project), contextlib.suppress(FileNotFoundError, PermissionError):
            lock = file_lock.share(project.state / "lock", patience_seconds=_PATIENCE_SECONDS)
            stack.enter_context(lock)
        yield


def _make(project: Project) -> None:
    _refuse_links(project)
    durable.make_folder(project.state, mode=0o700)
    durable.make_folder(project.state / "tmp", mode=0o700)


def _ignore(project: Project) -> None:
    """Keep the folder out of version control; under the lock, or another mog sweeps the draft."""
    ignore = project.state / ".gitignore"
    if not ignore.exists():
        atomic_file.replace(ignore, b"*\n", mode=0o644)


def _refuse_links(project: Project) -> None:
    for name in _OWN_NAMES:
        path = project.state / name
        if os.path.islink(path):
            raise JournalRefused(f"{path} is a symbolic link.", advice="Remove it.")


def _sweep(project: Project) -> None:
    """Remove what is left of earlier changes; what a journal still needs stays."""
    if journal.exists(project):
        return
    for leftover in (*(project.state / "tmp").iterdir(), *project.state.glob(".mog-*")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _try_to_sweep(project: Project) -> None:
    """Sweep when all is done: what stays now is swept next time, and is no failure."""
    with contextlib.suppress(OSError):
        _sweep(project)


@contextlib.contextmanager
def _translated(project: Project) -> Iterator[None]:
    try:
        yield
    except file_lock.LockBusy:
        raise ProjectBusy(
            f"Another mog has been at work in {project.root} for {_PATIENCE_SECONDS:.0f} s.",
            advice="Wait for it or end it, then try again.",
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = os.fspath(error.filename or project.state)
        raise CannotWrite(f"{where} cannot be written: {reason}.", advice="Is it yours?") from error
