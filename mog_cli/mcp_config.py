"""Add MCP servers to the settings of clients, and take away those that are still ours.

An entry is ours while it says what we wrote, its variables aside: people fill those in by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mog_cli import mcp_clients, mcp_registry
from mog_cli.changing import Change
from mog_cli.errors import AlreadyThere
from mog_cli.lockfile import LockedServer
from mog_cli.mcp_registry import Registry, Use
from mog_cli.mcp_settings import McpSettings
from mog_cli.user_folder import UserFolder
from mog_package import Target

_ENV = "env"


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A server of a package for one client, and the folder it is installed in."""

    package: str
    target: Target
    server: LockedServer
    folder: Path

    @property
    def name(self) -> str:
        """Return the name it has in the settings: the package's slug."""
        return self.package.partition("/")[2]

    @property
    def is_shared(self) -> bool:
        """Tell whether the settings are those of all projects."""
        return mcp_clients.CLIENTS[self.target].is_shared

    @property
    def entry(self) -> dict[str, Any]:
        """Return the entry without its variables."""
        return mcp_clients.entry_of(self.server, self.target, self.folder)


class McpConfig:
    """The servers of a project as they will be; nothing is written before `stage`.

    Every method raises SettingsRefused.
    """

    def __init__(
        self, settings: McpSettings, user: UserFolder, *, warn: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._user = user
        self._warn = warn
        self._read_registry: Registry | None = None

    def file(self, place: ServerPlace) -> Path:
        """Return the file that names the server."""
        return self._settings.file_of(place.target).path

    def has(self, place: ServerPlace) -> bool:
        """Tell whether the server is there as we write it."""
        found = self._found(place)
        return found is not None and _bare(found) == place.entry

    def variables(self, place: ServerPlace, before: ServerPlace | None) -> dict[str, str]:
        """Return the variables that our own entry has by now."""
        found = self._found(place)
        values = found.get(_ENV) if found and self._is_ours(found, place, before) else None
        if not isinstance(values, dict):
            return {}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def add(
        self, place: ServerPlace, variables: Mapping[str, str], *, before: ServerPlace | None
    ) -> None:
        """Put a server in place of its own entry from before; raises AlreadyThere too."""
        file = self._settings.file_of(place.target)
        found = self._found(place)
        if found is not None and not self._is_ours(found, place, before):
            raise AlreadyThere(
                f"{file.path} has a server {place.name} that {place.package} did not bring, or that"
                " was changed since.",
                advice="Rename or remove it there, then try again. Nothing was changed.",
            )
        file.document.put(place.name, {**place.entry, **_env(variables)})
        file.has_variables |= bool(variables)
        if place.is_shared:
            self._hold(place)

    def remove(self, place: ServerPlace) -> None:
        """Take a server away if it is still ours and no other project needs it."""
        file, found = self._settings.file_of(place.target), self._found(place)
        heir = self._release(place) if place.is_shared else None
        if found is None:
            return
        if _bare(found) != place.entry:
            if heir is None:
                self._warn(f"{file.path}: the server {place.name} was changed since, and stays.")
        elif heir is None:
            file.document.remove(place.name)
        else:
            file.document.put(place.name, {**heir, **_env(found.get(_ENV))})

    def stage(self, change: Change) -> None:
        """Prepare every file that says something else by now."""
        self._settings.stage(change)
        if self._read_registry is not None:
            content = mcp_registry.render(self._read_registry)
            change.put_file(str(self._user.registry), content, mode=0o600)

    def _found(self, place: ServerPlace) -> dict[str, Any] | None:
        return self._settings.file_of(place.target).document.get(place.name)

    def _is_ours(
        self, found: dict[str, Any], place: ServerPlace, before: ServerPlace | None
    ) -> bool:
        known = [place.entry, *([before.entry] if before else [])]
        use = self._registry().use(place.target, place.name) if place.is_shared else None
        if use is not None and use.package == place.package:
            known.extend(use.projects.values())
        return _bare(found) in known

    def _hold(self, place: ServerPlace) -> None:
        """Note that this project uses a shared server; raises AlreadyThere."""
        key = (place.target, place.name)
        use = self._registry().uses.setdefault(key, Use(place.package))
        use.drop_lost_projects()
        if use.package != place.package and use.projects:
            raise AlreadyThere(
                f"The server {place.name} of {place.target} belongs to {use.package}, in"
                f" {next(iter(use.projects))}.",
                advice="Uninstall that first.",
            )
        use.package = place.package
        use.projects[self._root] = place.entry

    def _release(self, place: ServerPlace) -> dict[str, Any] | None:
        """Let go of a shared server; returns the entry of another project that needs it."""
        use = self._registry().use(place.target, place.name)
        if use is None or use.package != place.package:
            return None
        use.projects.pop(self._root, None)
        use.drop_lost_projects()
        if not use.projects:
            del self._registry().uses[place.target, place.name]
            return None
        return next(iter(use.projects.values()))

    @property
    def _root(self) -> str:
        return str(self._settings.project.root)

    def _registry(self) -> Registry:
        if self._read_registry is None:
            self._read_registry = mcp_registry.read(self._user.registry)
        return self._read_registry


def _bare(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != _ENV}


def _env(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {_ENV: dict(values)} if values else {}
