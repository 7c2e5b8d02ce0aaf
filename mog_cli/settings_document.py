"""A client's settings file: change one server in it and keep all the rest as it stands."""

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tomlkit
from tomlkit.exceptions import TOMLKitError

from mog_cli import json_text
from mog_cli.errors import SettingsRefused

_BOM = "\ufeff"


class SettingsDocument(Protocol):
    """Settings that were read; each has its servers under a path of keys."""

    def get(self, name: str) -> dict[str, Any] | None:
        """Return a server's entry; None when there is none."""

    def put(self, name: str, entry: dict[str, Any]) -> None:
        """Set a server's entry."""

    def remove(self, name: str) -> None:
        """Remove a server's entry."""

    def render(self) -> bytes:
        """Return the text of the file."""


def read(path: Path, content: bytes | None, keys: tuple[str, ...]) -> SettingsDocument:
    """Return the settings in a file's bytes, None for no file; raises SettingsRefused."""
    try:
        text = (content or b"").decode("utf-8")
        if path.suffix == ".toml":
            return _Toml(tomlkit.parse(text), path, keys)
        return _Json.parse(text, path, keys)
    except (ValueError, RecursionError, TOMLKitError) as error:
        raise SettingsRefused(
            f"{path} cannot be read: {error}.",
            advice="mog changes no settings that it does not understand. Repair the file first.",
        ) from None


def shell(path: Path, keys: tuple[str, ...]) -> bytes:
    """Return what is left of a file that held nothing but one server, once that is gone."""
    document = read(path, None, keys)
    document.put("x", {})
    document.remove("x")
    return document.render()


@dataclass(slots=True)
class _Json:
    """JSON, changed where it must be and nowhere else."""

    text: str
    path: Path
    keys: tuple[str, ...]
    start: str

    @classmethod
    def parse(cls, text: str, path: Path, keys: tuple[str, ...]) -> "_Json":
        start = _BOM if text.startswith(_BOM) else ""
        body = text.removeprefix(_BOM)
        parsed = cls(body if body.strip() else "{}\n", path, keys, start)
        parsed._servers()
        return parsed

    def get(self, name: str) -> dict[str, Any] | None:
        return _entry(self._servers().get(name), name, self.path)

    def put(self, name: str, entry: dict[str, Any]) -> None:
        self.text = json_text.put(self.text, (*self.keys, name), entry)

    def remove(self, name: str) -> None:
        if name in self._servers():
            self.text = json_text.remove(self.text, (*self.keys, name))

    def render(self) -> bytes:
        return f"{self.start}{self.text}".encode()

    def _servers(self) -> Mapping[str, Any]:
        document = json.loads(self.text, object_pairs_hook=_unique)
        if not isinstance(document, dict):
            raise _no_mapping(self.path, "the file")
        return _within(document, self.keys, self.path, make=None)


@dataclass(slots=True)
class _Toml:
    """TOML; comments, order and spacing are kept."""

    document: tomlkit.TOMLDocument
    path: Path
    keys: tuple[str, ...]
    has_gap: bool = False

    def get(self, name: str) -> dict[str, Any] | None:
        found: Any = _within(self.document, self.keys, self.path, make=None).get(name)
        plain = found.unwrap() if hasattr(found, "unwrap") else found
        return _entry(plain, name, self.path)

    def put(self, name: str, entry: dict[str, Any]) -> None:
        servers = _within(
            self.document, self.keys, self.path, make=lambda: tomlkit.table(is_super_table=True)
        )
        table = tomlkit.table()
        for key, value in entry.items():
            table[key] = value
        servers[name] = table

    def remove(self, name: str) -> None:
        servers = _within(self.document, self.keys, self.path, make=None)
        if servers.pop(name, None) is not None:
            self.has_gap = True

    def render(self) -> bytes:
        text = tomlkit.dumps(self.document)
        # The empty line before a server that stood last stays behind when that goes.
        is_gap = self.has_gap and text.endswith("\n\n")
        return (text[:-1] if is_gap else text).encode()


def _within(
    document: MutableMapping[str, Any], keys: tuple[str, ...], path: Path, *, make: Any
) -> MutableMapping[str, Any]:
    """Return the mapping at a path of keys; a missing one is made, or an empty one stands in."""
    found = document
    for key in keys:
        if key not in found:
            if make is None:
                return {}
            found[key] = make()
        found = found[key]
        if not isinstance(found, MutableMapping):
            raise _no_mapping(path, key)
    return found


def _entry(found: object, name: str, path: Path) -> dict[str, Any] | None:
    if found is None:
        return None
    if not isinstance(found, dict):
        raise _no_mapping(path, name)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_mapping(path: Path, what: str) -> SettingsRefused:
    return SettingsRefused(
        f"{path} cannot be changed: {what} is no mapping.", advice="Repair the file first."
    )
