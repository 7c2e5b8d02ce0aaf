"""How each client wants an MCP server written down: in which file, under which key, in which words.

Project files: Cursor, Claude Code, Codex, Gemini CLI. Windsurf and OpenClaw read one file of the
user's own, which all projects share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from mog_cli.lockfile import LockedServer
from mog_package import Target, Transport
from mog_package.server_block import FOLDER

_SERVERS = ("mcpServers",)


@dataclass(frozen=True, slots=True)
class McpClient:
    """One client; `remote` is what its entry for a server at an address holds besides `url_key`.

    `root` is how its settings say the folder of the project, with a slash at its end: nothing
    where it starts servers in that folder, so that the settings survive a move or a clone.
    """

    path: str
    keys: tuple[str, ...] = _SERVERS
    is_shared: bool = False
    url_key: str = "url"
    root: str = ""
    remote: Mapping[str, str] = field(default_factory=dict)

    def file(self, root: Path, home: Path) -> Path:
        """Return its settings file for a project."""
        return (home if self.is_shared else root) / self.path


_CLAUDE_CODE = McpClient(".mcp.json", remote={"type": "http"})

CLIENTS: Mapping[Target, McpClient] = {
    Target.CURSOR: McpClient(".cursor/mcp.json", root="${workspaceFolder}/"),
    Target.CLAUDE_CODE: _CLAUDE_CODE,
    Target.GENERIC: _CLAUDE_CODE,
    Target.CODEX: McpClient(".codex/config.toml", keys=("mcp_servers",)),
    Target.GEMINI_CLI: McpClient(".gemini/settings.json", url_key="httpUrl"),
    Target.WINDSURF: McpClient(
        ".codeium/windsurf/mcp_config.json", is_shared=True, url_key="serverUrl"
    ),
    Target.OPENCLAW: McpClient(
        ".openclaw/openclaw.json",
        keys=("mcp", "servers"),
        is_shared=True,
        remote={"transport": "streamable-http"},
    ),
}


def entry_of(server: LockedServer, target: Target, root: Path, folder: str) -> dict[str, Any]:
    """Return the entry of a server for a client, without its variables.

    Settings of a project name its folder as the client does, so they hold wherever the project
    is; settings that projects share name it whole.
    """
    client = CLIENTS[target]
    if server.transport is Transport.HTTP:
        return {**client.remote, client.url_key: server.url}
    place = str(root / folder) if client.is_shared else client.root + folder
    return {"command": server.command, "args": arguments_of(server, place)}


def arguments_of(server: LockedServer, folder: str) -> list[str]:
    """Return the arguments of a server that is installed in a folder."""
    return [argument.replace(FOLDER, folder) for argument in server.args]


def project_in(
    entry: Mapping[str, Any], server: LockedServer, target: Target, folder: str
) -> str | None:
    """Return the project that an entry of a server names whole, whichever it is; else None."""
    found = entry.get("args")
    if CLIENTS[target].url_key in entry or not isinstance(found, list):
        return None
    for argument, template in zip(found, server.args, strict=False):
        root = _root_in(argument, template, folder)
        whole = {"command": server.command, "args": arguments_of(server, f"{root}/{folder}")}
        if root is not None and entry == whole:
            return root
    return None


def _root_in(argument: object, template: str, folder: str) -> str | None:
    """Return what stands before `/folder` in the place of the template's first folder."""
    start, marker, _ = template.partition(FOLDER)
    if not marker or not isinstance(argument, str) or not argument.startswith(start):
        return None
    root, found, _ = argument.removeprefix(start).partition(f"/{folder}")
    return root if found and PurePosixPath(root).is_absolute() else None
