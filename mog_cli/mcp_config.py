"""Add MCP servers to the settings of clients, and take away those that are still ours.

An entry is ours while it says what we wrote, its variables aside: people fill those in by hand.
One of the project's own settings stays ours when the project moves. Of the settings that projects
share, one project owns each entry, and its variables go with no other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mog_cli import mcp_clients, mcp_registry
from mog_cli.changing import Change
from mog_cli.errors import AlreadyThere
from mog_cli.integrity import Kind
from mog_cli.lockfile import LockedServer
from mog_cli.mcp_registry import Registry, Use
from mog_cli.mcp_settings import McpSettings
from mog_cli.user_folder import UserFolder
from mog_package import Target

_ENV = "env"


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A server of a package for one client, and the folder of a project it is installed in."""

    package: str
    target: Target
    server: LockedServer
    root: Path
    path: str

    @property
    def name(self) -> str:
        """Return the name it has in the settings: the package's slug."""
        return self.package.partition("/")[2]

    @property
    def folder(self) -> str:
        """Return the folder it is installed in, whole."""
        return str(self.root / self.path)

    @property
    def is_shared(self) -> bool:
        """Tell whether the settings are those of all projects."""
        return mcp_clients.CLIENTS[self.target].is_shared

    @property
    def entry(self) -> dict[str, Any]:
        """Return the entry without its variables."""
        return mcp_clients.entry_of(self.server, self.target, self.root, self.path)

    def project_in(self, entry: Mapping[str, Any]) -> str | None:
        """Return the project that an entry is of, when that is all it differs in."""
        return mcp_clients.project_in(entry, self.server, self.target, self.path)


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

    def difference(self, place: ServerPlace) -> Kind | None:
        """Return how an entry differs from what we write; a shared one may be another project's."""
        found = self._found(place)
        if found is None:
            return Kind.MISSING
        use = self._registry().use(place.target, place.name) if place.is_shared else None
        is_anothers = use is not None and (
            use.package == place.package and _bare(found) == use.projects.get(use.owner)
        )
        return None if is_anothers or _bare(found) == place.entry else Kind.CHANGED

    def variables(self, place: ServerPlace, before: ServerPlace | None) -> dict[str, str]:
        """Return the variables that this project's entry has by now, never another project's."""
        found = self._found(place)
        values = found.get(_ENV) if found and self._is_own(found, place, before) else None
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
        if found is not None and not self._is_own(found, place, before):
            self._warn(
                f"{file.path}: the server {place.name} was another project's and is this one's"
                " now; its variables did not come along."
            )
        file.document.put(place.name, {**place.entry, **_env(variables)})
        file.has_variables |= bool(variables)
        if place.is_shared:
            self._hold(place)

    def remove(self, place: ServerPlace) -> None:
        """Take a server away if it is still ours and no other project needs it."""
        file, found = self._settings.file_of(place.target), self._found(place)
        is_own = found is not None and self._is_own(found, place, None)
        is_ours = found is not None and self._is_ours(found, place, None)
        heir = self._release(place) if place.is_shared else None
        if found is None:
            return
        if heir is None and is_ours:
            file.document.remove(place.name)
        elif heir is None:
            self._warn(f"{file.path}: the server {place.name} was changed since, and stays.")
        elif is_own:
            self._hand_over(place, *heir)

    def _hand_over(self, place: ServerPlace, root: str, entry: dict[str, Any]) -> None:
        """Let an entry point to another project, without the variables, which were not its own."""
        file = self._settings.file_of(place.target)
        file.document.put(place.name, entry)
        self._registry().uses[place.target, place.name].owner = root
        again = "".join(f" --env {name}=..." for name in place.server.env)
        lacking = f", without variables; set them there: mog install {place.package}{again}"
        self._warn(
            f"{file.path}: the server {place.name} is that of {root} now{lacking if again else ''}."
        )

    def stage(self, change: Change) -> None:
        """Prepare every file that says something else by now."""
        self._settings.stage(change)
        if self._read_registry is not None:
            content = mcp_registry.render(self._read_registry)
            change.put_file(str(self._user.registry), content, mode=0o600)

    def _found(self, place: ServerPlace) -> dict[str, Any] | None:
        return self._settings.file_of(place.target).document.get(place.name)

    def _is_own(
        self, found: dict[str, Any], place: ServerPlace, before: ServerPlace | None
    ) -> bool:
        """Tell whether an entry is this project's, wherever that has been before."""
        bare, places = _bare(found), [place, *([before] if before else [])]
        if place.is_shared:
            use = self._registry().use(place.target, place.name)
            if use is not None and (use.package, use.owner) != (place.package, self._root):
                return False
        elif any(each.project_in(bare) is not None for each in places):
            return True
        return any(bare == each.entry for each in places)

    def _is_ours(
        self, found: dict[str, Any], place: ServerPlace, before: ServerPlace | None
    ) -> bool:
        """Tell whether an entry is one that the package brought, to this project or another."""
        if self._is_own(found, place, before):
            return True
        use = self._registry().use(place.target, place.name) if place.is_shared else None
        if use is None or use.package != place.package:
            return False
        bare, places = _bare(found), [place, *([before] if before else [])]
        lost = {each.project_in(bare) for each in places} - {None}
        return (
            bare in use.projects.values()
            or any(bare == each.entry for each in places)
            or any(not Path(str(root)).is_dir() for root in lost)
        )

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
        use.package, use.owner = place.package, self._root
        use.projects[self._root] = place.entry

    def _release(self, place: ServerPlace) -> tuple[str, dict[str, Any]] | None:
        """Let go of a shared server; returns another project that needs it, and its entry."""
        use = self._registry().use(place.target, place.name)
        if use is None or use.package != place.package:
            return None
        use.projects.pop(self._root, None)
        use.drop_lost_projects()
        if not use.projects:
            del self._registry().uses[place.target, place.name]
            return None
        return next(iter(use.projects.items()))

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
