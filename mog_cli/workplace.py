"""Where packages are installed: a project, its user, and the server they come from."""

import os
from dataclasses import dataclass
from pathlib import Path

from mog_cli import project
from mog_cli.config import Config
from mog_cli.lockfile import LockedPackage
from mog_cli.mcp_config import McpConfig, ServerPlace
from mog_cli.mcp_settings import McpSettings
from mog_cli.output import Console
from mog_cli.project import Project
from mog_cli.user_folder import UserFolder


@dataclass(frozen=True, slots=True)
class Workplace:
    """What every command on installed packages works with."""

    project: Project
    user: UserFolder
    home: Path
    origin: str
    console: Console

    def mcp_config(self) -> McpConfig:
        """Return the servers of the project as they are now."""
        settings = McpSettings(self.project, self.home)
        return McpConfig(settings, self.user, warn=self.console.warn)

    def servers(self, name: str, package: LockedPackage | None) -> list[ServerPlace]:
        """Return the places of a package's server, one for each of its targets."""
        if package is None or package.server is None:
            return []
        return [
            ServerPlace(name, target, package.server, self.project.root, folder.removesuffix("/"))
            for target, folder in package.targets.items()
        ]


def around(folder: Path, settings: Config, console: Console) -> Workplace:
    """Return the workplace around a folder."""
    home = Path(os.path.expanduser("~"))
    return Workplace(
        project=project.around(folder, home=home),
        user=UserFolder(settings.folder),
        home=home,
        origin=settings.api_origin,
        console=console,
    )
