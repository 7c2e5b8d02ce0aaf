"""The tokens of this computer: one file, for its owner only, one entry per server.

The file is replaced whole (temporary file, fsync, rename, fsync of the folder), so a crash leaves
the old or the new one. Writers take turns. Symbolic links are refused: a link could make us write
a token where somebody else reads.
"""

import contextlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mog_cli import atomic_file, file_lock, tokens
from mog_cli.errors import CredentialStoreError, MalformedToken
from mog_cli.tokens import Token

_VERSION = 1
_MAX_BYTES = 1_000_000
_PATIENCE_SECONDS = 10.0
_TEMPORARY_PREFIX = ".credentials-"


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A token and, as far as known, the moment it stops working."""

    token: Token
    expires_at: datetime | None


class CredentialStore:
    """The credential file in a folder; every method raises CredentialStoreError."""

    def __init__(self, folder: Path, *, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._path = folder / "credentials.json"
        self._warn = warn

    def get(self, origin: str) -> StoredCredential | None:
        """Return what is stored for a server."""
        with self._translated():
            if not os.path.lexists(self._path):
                return None
            self._refuse_links()
            self._warn_if_exposed()
            entry = self._read().get(origin)
        return None if entry is None else self._parsed(entry)

    def put(self, origin: str, credential: StoredCredential) -> None:
        """Store a credential for a server in place of any before."""
        entry = {"token": credential.token.secret, "expiresAt": _text_of(credential.expires_at)}
        with self._translated(), self._writing() as entries:
            entries[origin] = entry

    def remove(self, origin: str) -> None:
        """Forget a server; nothing happens when it is not known."""
        with self._translated():
            if not os.path.lexists(self._path):
                return
            with self._writing() as entries:
                entries.pop(origin, None)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[dict[str, object]]:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._refuse_links()
        with file_lock.hold(self._folder / "credentials.lock", patience_seconds=_PATIENCE_SECONDS):
            entries = self._read() if os.path.lexists(self._path) else {}
            yield entries
            self._folder.chmod(0o700)
            self._sweep()
            self._replace(entries)

    def _read(self) -> dict[str, object]:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self._path, flags), "rb") as file:
            content = file.read(_MAX_BYTES)
        try:
            document = json.loads(content)
            version, entries = document["version"], document["credentials"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise self._damaged() from None
        if version != _VERSION:
            raise CredentialStoreError(
                f"{self._path} was written by a newer mog.", advice="Upgrade this one."
            )
        if not isinstance(entries, dict):
            raise self._damaged()
        return entries

    def _replace(self, entries: dict[str, object]) -> None:
        document = {"version": _VERSION, "credentials": entries}
        content = json.dumps(document, indent=2, sort_keys=True).encode()
        # Readable by its owner only from its first moment.
        atomic_file.replace(self._path, content, mode=0o600, prefix=_TEMPORARY_PREFIX)

    def _sweep(self) -> None:
        """Remove what writers that were killed left behind; we hold the lock, so none is alive."""
        for leftover in self._folder.glob(f"{_TEMPORARY_PREFIX}*"):
            leftover.unlink(missing_ok=True)

    def _refuse_links(self) -> None:
        for path in (self._folder, self._path):
            if path.is_symlink():
                raise CredentialStoreError(
                    f"{path} is a symbolic link, and mog does not keep tokens behind links.",
                    advice="Remove the link, then sign in with: mog auth",
                )

    def _warn_if_exposed(self) -> None:
        if sys.platform == "win32":  # the profile folder's access list protects it there
            return
        for path, fix in ((self._folder, "700"), (self._path, "600")):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                self._warn(f"other users can reach {path}. Close it with: chmod {fix} '{path}'")

    def _parsed(self, entry: object) -> StoredCredential:
        if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
            raise self._damaged()
        try:
            token = tokens.parse(entry["token"], origin=str(self._path))
            expires_at = entry.get("expiresAt")
            return StoredCredential(token, expires_at and datetime.fromisoformat(expires_at))
        except (MalformedToken, ValueError, TypeError):
            raise self._damaged() from None

    def _damaged(self) -> CredentialStoreError:
        return CredentialStoreError(
            f"{self._path} is damaged.", advice="Delete it, then sign in with: mog auth"
        )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except file_lock.LockBusy:
            raise CredentialStoreError(
                f"Another mog has been writing to {self._folder} for {_PATIENCE_SECONDS:.0f} s.",
                advice="Wait for it or end it, then try again.",
            ) from None
        except OSError as error:
            raise CredentialStoreError(
                f"{error.filename or self._path} cannot be used: {error.strerror or error}.",
                advice="It must belong to you and be writable.",
            ) from error


def _text_of(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
