"""Where clients keep the MCP servers that they know, and what stands there."""

import json
import tomllib
from pathlib import Path
from typing import Any

# For a manifest: every client.
ALL = "targets: [cursor, claude-code, codex, gemini-cli, windsurf, openclaw, generic]\n"
PROJECT_FILES = {
    "cursor": ".cursor/mcp.json",
    "claude-code": ".mcp.json",
    "codex": ".codex/config.toml",
    "gemini-cli": ".gemini/settings.json",
    "generic": ".mcp.json",
}
SHARED_FILES = {
    "windsurf": ".codeium/windsurf/mcp_config.json",
    "openclaw": ".openclaw/openclaw.json",
}


def file_of(target: str, project: Path) -> Path:
    """Return the file of a client, in the project or in the home beside it."""
    if target in SHARED_FILES:
        return project.parent / "home" / SHARED_FILES[target]
    return project / PROJECT_FILES[target]


def servers_in(file: Path) -> dict[str, Any]:
    """Return the servers in a settings file."""
    if file.suffix == ".toml":
        found: dict[str, Any] = tomllib.loads(file.read_text())["mcp_servers"]
        return found
    document = json.loads(file.read_text())
    servers: dict[str, Any] = document.get("mcpServers") or document["mcp"]["servers"]
    return servers
