"""Which projects use which server of the settings that they share.

An entry that several projects use goes when the last of them lets go of it.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mog_cli.errors import SettingsRefused
from mog_package import Target

_VERSION = 1


@dataclass(slots=True)
class Use:
    """One server of one client: whose package it is, and the entry of each project, bare.

    `owner` is the project whose entry stands in the settings.
    """

    package: str
    owner: str = ""
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def drop_lost_projects(self) -> None:
        """Forget the projects whose folders are gone."""
        self.projects = {
            root: entry for root, entry in self.projects.items() if Path(root).is_dir()
        }


@dataclass(slots=True)
class Registry:
    """All uses, by client and name of the server."""

    uses: dict[tuple[Target, str], Use] = field(default_factory=dict)

    def use(self, target: Target, name: str) -> Use | None:
        """Return who uses a server; None when nobody does."""
        return self.uses.get((target, name))


def read(path: Path) -> Registry:
    """Return what is noted, nothing when there is no file; raises SettingsRefused."""
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != _VERSION:
            raise ValueError("it is of a newer mog")
        return Registry(
            {
                (Target(target), name): Use(
                    use["package"], use.get("owner", ""), dict(use["projects"])
                )
                for target, servers in document["servers"].items()
                for name, use in servers.items()
            }
        )
    except FileNotFoundError:
        return Registry()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SettingsRefused(
            f"{path} cannot be used: {error}.",
            advice="It notes which project uses which server. Repair or delete it.",
        ) from None


def render(registry: Registry) -> bytes:
    """Return the text of the file."""
    servers: dict[str, dict[str, object]] = {}
    for (target, name), use in registry.uses.items():
        entry = {"package": use.package, "owner": use.owner, "projects": use.projects}
        servers.setdefault(target.value, {})[name] = entry
    document = {"version": _VERSION, "servers": servers}
    return f"{json.dumps(document, indent=2, sort_keys=True)}\n".encode()
