"""How each client wants an MCP server written down: in which file, under which key, in which words.

Project files: Cursor, Claude Code, Codex, Gemini CLI. Windsurf and OpenClaw read one file of the
user's own, which all projects share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mog_cli.lockfile import LockedServer
from mog_package import Target, Transport
from mog_package.server_block import FOLDER

_SERVERS = ("mcpServers",)


@dataclass(frozen=True, slots=True)
class McpClient:
    """One client; `remote` is what its entry for a server at an address holds besides `url_key`."""

    path: str
    keys: tuple[str, ...] = _SERVERS
    is_shared: bool = False
    url_key: str = "url"
    remote: Mapping[str, str] = field(default_factory=dict)

    def file(self, root: Path, home: Path) -> Path:
        """Return its settings file for a project."""
        return (home if self.is_shared else root) / self.path


_CLAUDE_CODE = McpClient(".mcp.json", remote={"type": "http"})

CLIENTS: Mapping[Target, McpClient] = {
    Target.CURSOR: McpClient(".cursor/mcp.json"),
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


def entry_of(server: LockedServer, target: Target, folder: Path) -> dict[str, Any]:
    """Return the entry of a server for a client, without its variables.

    The folder of the package is written whole: clients start servers from wherever they stand.
    """
    client = CLIENTS[target]
    if server.transport is Transport.HTTP:
        return {**client.remote, client.url_key: server.url}
    return {"command": server.command, "args": arguments_of(server, folder)}


def arguments_of(server: LockedServer, folder: Path) -> list[str]:
    """Return the arguments of a server that is installed in a folder."""
    return [argument.replace(FOLDER, str(folder)) for argument in server.args]
