"""For which organization `mog org switch` lets commands act: one file, by server and token.

What a person chose for the token that this computer keeps does not hold for an agent that comes
with a MOG_TOKEN of its own, so each has its own choice.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from mog_cli import atomic_file, durable, file_lock, organization_names
from mog_cli.errors import CannotWrite, ConfigError

_VERSION = 1
_MAX_BYTES = 1_000_000
_PATIENCE_SECONDS = 10.0
_TEMPORARY_PREFIX = ".organizations-"

_Choices = dict[str, dict[str, str]]


class OrganizationChoices:
    """The file in a folder; every method raises ConfigError when it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "organizations.json"

    def get(self, origin: str, *, holder: str) -> str:
        """Return what a holder of a token for a server has chosen; nothing when that is nobody."""
        return self._read().get(origin, {}).get(holder, "")

    def put(self, origin: str, *, holder: str, slug: str) -> None:
        """Choose an organization; raises CannotWrite too."""
        with self._writing() as choices:
            choices.setdefault(origin, {})[holder] = slug

    def forget(self, origin: str, *, holder: str) -> None:
        """Choose none; raises CannotWrite too."""
        if not self.get(origin, holder=holder):
            return
        with self._writing() as choices:
            choices.get(origin, {}).pop(holder, None)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[_Choices]:
        lock = self._folder / "organizations.lock"
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            durable.make_folder(self._folder, mode=0o700)
            with file_lock.hold(lock, patience_seconds=_PATIENCE_SECONDS):
                for leftover in self._folder.glob(f"{_TEMPORARY_PREFIX}*"):
                    leftover.unlink(missing_ok=True)
                choices = self._read()
                yield choices
                document = {"version": _VERSION, "organizations": choices}
                content = json.dumps(document, indent=2, sort_keys=True).encode()
                atomic_file.replace(self._path, content, mode=0o600, prefix=_TEMPORARY_PREFIX)
        except (file_lock.LockBusy, OSError) as error:
            raise CannotWrite(
                f"{self._path} cannot be written: {getattr(error, 'strerror', None) or 'busy'}.",
                advice="The folder must be yours and writable.",
            ) from error

    def _read(self) -> _Choices:
        try:
            with self._path.open("rb") as file:
                content = file.read(_MAX_BYTES)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(f"{self._path} cannot be read: {error.strerror}.") from error
        try:
            document = json.loads(content)
            choices = document["organizations"]
            is_known = document["version"] == _VERSION and _is_sound(choices)
        except (ValueError, TypeError, KeyError, RecursionError):
            is_known = False
        if not is_known:
            # Never passed over: another wallet would pay than the one that was chosen.
            raise ConfigError(
                f"{self._path} is damaged, or was written by a newer mog.",
                advice="Delete it, then choose again with: mog org switch SLUG",
            )
        found: _Choices = choices
        return found


def _is_sound(choices: object) -> bool:
    return isinstance(choices, dict) and all(
        isinstance(by_holder, dict)
        and all(
            isinstance(slug, str) and organization_names.is_slug(slug)
            for slug in by_holder.values()
        )
        for by_holder in choices.values()
    )
