"""What mog keeps for one user across projects, beside the credentials.

A key that journals are signed with: a journal lies in a project, and a project may come from
anybody. A lock and a note for changes that reach beyond one project, into a client's own settings.
"""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mog_cli import atomic_file, durable, file_lock
from mog_cli.errors import CannotWrite, ProjectBusy

_KEY_BYTES = 32
_PATIENCE_SECONDS = 60.0
_NOTE_PREFIX = ".note-"


@dataclass(frozen=True, slots=True)
class UserFolder:
    """The folder; every method raises CannotWrite when it cannot be used."""

    path: Path

    @property
    def registry(self) -> Path:
        """Return where it is noted which project uses which entry of a client's own settings."""
        return self.path / "mcp-servers.json"

    def journal_key(self) -> bytes:
        """Return the key of this user, made when it is first asked for."""
        with self._translated():
            file = self.path / "journal.key"
            self._make()
            if not file.exists():
                with contextlib.suppress(FileExistsError):
                    self._make_key(file)
            key = file.read_bytes()
        if len(key) != _KEY_BYTES:
            raise CannotWrite(f"{file} is damaged.", advice="Delete it, then try again.")
        return key

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the lock for settings that projects share; raises ProjectBusy too."""
        with contextlib.ExitStack() as stack:
            with self._translated():
                self._make()
                lock = file_lock.hold(self.path / "mcp.lock", patience_seconds=_PATIENCE_SECONDS)
                stack.enter_context(lock)
                for leftover in self.path.glob(f"{_NOTE_PREFIX}*"):
                    leftover.unlink(missing_ok=True)
            yield

    def note(self, root: Path) -> None:
        """Note, durably, the project that is about to change shared settings."""
        content = str(root).encode("utf-8", "surrogateescape")
        atomic_file.replace(self._note, content, mode=0o600, prefix=_NOTE_PREFIX)

    def noted(self) -> Path | None:
        """Return the project that was changing shared settings when it was interrupted."""
        try:
            return Path(self._note.read_bytes().decode("utf-8", "surrogateescape"))
        except FileNotFoundError:
            return None

    def forget(self) -> None:
        """Remove the note."""
        durable.remove(self._note)

    @property
    def _note(self) -> Path:
        return self.path / "mcp-pending"

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        durable.make_folder(self.path, mode=0o700)

    def _make_key(self, file: Path) -> None:
        # Linked into place whole: two first commands at once must agree on one key.
        fresh = self.path / f".mog-{secrets.token_hex(8)}"
        durable.write(fresh, secrets.token_bytes(_KEY_BYTES), mode=0o600)
        try:
            file.hardlink_to(fresh)
        finally:
            durable.remove(fresh)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except file_lock.LockBusy:
            raise ProjectBusy(
                "Another mog is changing the settings of your clients.", advice="Wait for it."
            ) from None
        except OSError as error:
            raise CannotWrite(
                f"{error.filename or self.path} cannot be used: {error.strerror or error}.",
                advice="mog keeps its own files there; the folder must be yours and writable.",
            ) from error
