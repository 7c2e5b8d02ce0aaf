"""Take back a change that was interrupted, whenever and however."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from mog_cli import file_lock, journal
from mog_cli.errors import ProjectBusy
from mog_cli.journal import Journal
from mog_cli.output import Console
from mog_cli.project import Project
from mog_cli.user_folder import UserFolder

_PATIENCE_SECONDS = 10.0


def settle(project: Project, user: UserFolder, console: Console) -> None:
    """Take back what was interrupted in a project whose lock we hold.

    Raises JournalRefused and OSError.
    """
    if not journal.exists(project):
        return
    found = journal.read(project, key=user.journal_key())
    with user.holding() if found.reaches_outside else contextlib.nullcontext():
        undo(found, user, console)
    console.warn("an interrupted change was taken back; the project is as it was before it.")


def settle_noted(project: Project, user: UserFolder, console: Console) -> None:
    """Take back what was interrupted in shared settings, by whichever project; we hold their lock.

    Raises JournalRefused, ProjectBusy and OSError.
    """
    root = user.noted()
    if root is None:
        return
    other = Project(Path(os.path.realpath(root)))
    if other != project and journal.exists(other):
        with _locked(other):
            undo(journal.read(other, key=user.journal_key()), user, console)
        console.warn(f"an interrupted change in {other.root} was taken back.")
    user.forget()


def undo(found: Journal, user: UserFolder, console: Console) -> None:
    """Take every step back, last first, then forget the journal; raises OSError."""
    for step in reversed(found.steps):
        step.undo(found.work, console.warn)
    journal.remove(found.work.project)
    if found.reaches_outside:
        user.forget()


@contextlib.contextmanager
def _locked(other: Project) -> Iterator[None]:
    try:
        with file_lock.hold(other.state / "lock", patience_seconds=_PATIENCE_SECONDS):
            yield
    except file_lock.LockBusy:
        raise ProjectBusy(
            f"Another mog is at work in {other.root}.", advice="Wait for it."
        ) from None
