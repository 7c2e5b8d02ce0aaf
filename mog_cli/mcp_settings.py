"""The settings files of clients, opened once each and staged together."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from mog_cli import mcp_clients, settings_document
from mog_cli.changing import Change
from mog_cli.errors import SettingsRefused
from mog_cli.project import Project
from mog_cli.settings_document import SettingsDocument
from mog_package import Target


@dataclass(slots=True)
class SettingsFile:
    """One file: where it is, what it says, and how it read before anything was changed.

    `shell` is what mog itself leaves of a file that it made: such a file goes with its last server.
    `step_path` is how a change names it: relative to the project, absolute when projects share it.
    """

    path: Path
    step_path: str
    document: SettingsDocument
    before: bytes
    shell: bytes
    has_variables: bool = False

    def stage(self, change: Change) -> None:
        """Prepare the file if it says something else by now."""
        content = self.document.render()
        if content == self.before:
            return
        if content == self.shell:
            change.put_file(self.step_path, None)
        else:
            mode = 0o600 if self.has_variables else 0o644
            change.put_file(self.step_path, content, mode=mode)


@dataclass(slots=True)
class McpSettings:
    """The settings files of every client, for one project and one user."""

    project: Project
    home: Path
    _files: dict[Path, SettingsFile] = field(default_factory=dict)

    def file_of(self, target: Target) -> SettingsFile:
        """Return a client's file; raises SettingsRefused."""
        path = self._real_path(target)
        if path not in self._files:
            client = mcp_clients.CLIENTS[target]
            document = settings_document.read(path, _content(path), client.keys)
            root = self.project.root
            step_path = str(path) if client.is_shared else path.relative_to(root).as_posix()
            self._files[path] = SettingsFile(
                path,
                step_path,
                document,
                before=document.render(),
                shell=settings_document.shell(path, client.keys),
            )
        return self._files[path]

    def stage(self, change: Change) -> None:
        """Prepare every file that says something else by now."""
        for file in self._files.values():
            file.stage(change)

    def _real_path(self, target: Target) -> Path:
        """Return the file behind any links; raises SettingsRefused when they lead elsewhere."""
        client = mcp_clients.CLIENTS[target]
        path = client.file(self.project.root, self.home)
        real = Path(os.path.realpath(path))
        base = Path(os.path.realpath(self.home)) if client.is_shared else self.project.root
        if not real.is_relative_to(base):
            raise SettingsRefused(
                f"{path} is behind a link that leads to {real}, outside of {base}.",
                advice="mog changes settings there only. Put the file itself in its place.",
            )
        return real


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsRefused(f"{path} cannot be read: {error.strerror}.") from error
