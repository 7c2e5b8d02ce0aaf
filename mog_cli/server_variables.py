"""The variables of MCP servers: given, kept from before, or by default; never in the lockfile."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mog_cli.errors import EnvironmentIncomplete, UsageError
from mog_cli.mcp_config import McpConfig, ServerPlace
from mog_cli.output import Console
from mog_package import EnvVariable, Manifest, Transport


@dataclass(frozen=True, slots=True)
class PlannedServer:
    """A server with its variables, and where the same one was before."""

    place: ServerPlace
    before: ServerPlace | None
    variables: Mapping[str, str]
    secrets: tuple[str, ...]


def parse(pairs: Sequence[str]) -> dict[str, str]:
    """Return `NAME=value` pairs; raises UsageError, which never repeats a value."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError("--env takes NAME=value.")
        found[name] = value
    return found


def plan(
    servers: Sequence[ServerPlace],
    former: Sequence[ServerPlace],
    manifests: Mapping[str, Manifest],
    config: McpConfig,
    *,
    given: Mapping[str, str],
) -> list[PlannedServer]:
    """Return every server with its variables.

    Raises EnvironmentIncomplete with all that are missing, UsageError for one that no server
    reads, and what McpConfig raises.
    """
    declared = {name: _declared(manifests[name]) for name in manifests}
    known = {variable.name for variables in declared.values() for variable in variables}
    if strange := sorted({*given} - known):
        raise UsageError(f"None of the packages reads {', '.join(strange)}.")
    before = {(each.package, each.target): each for each in former}
    planned, missing = [], set()
    for server in servers:
        was = before.get((server.package, server.target))
        variables = declared[server.package]
        values = _values(variables, config.variables(server, was), given)
        missing |= {each.name for each in variables if each.required and each.name not in values}
        secrets = tuple(each.name for each in variables if each.secret and each.name in values)
        planned.append(PlannedServer(server, was, values, secrets))
    if missing:
        raise _incomplete(sorted(missing))
    return planned


def warn_of_secrets(planned: PlannedServer, path: Path, console: Console) -> None:
    """Say when a secret goes into a file that may be committed, or that others may read.

    The mode of a file that was there is its owner's choice, and stays.
    """
    if not planned.secrets:
        return
    named = ", ".join(planned.secrets)
    if not planned.place.is_shared:
        console.warn(f"{path} now holds {named}: do not commit it.")
    if os.name != "nt" and path.exists() and path.stat().st_mode & 0o077:
        console.warn(
            f"{path} now holds {named}, and others on this computer may read it. To close it: "
            f"chmod 600 {shlex.quote(str(path))}"
        )


def _declared(manifest: Manifest) -> tuple[EnvVariable, ...]:
    """Return the variables of a server that a client starts; one elsewhere has its own."""
    server = manifest.server
    return server.env if server and server.transport is Transport.STDIO else ()


def _values(
    declared: Sequence[EnvVariable], kept: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """Return what is given, else what was there by hand or by us, else the defaults."""
    defaults = {each.name: each.default for each in declared if each.default is not None}
    chosen = {each.name: given[each.name] for each in declared if each.name in given}
    return {**defaults, **kept, **chosen}


def _incomplete(missing: Sequence[str]) -> EnvironmentIncomplete:
    asked = " ".join(f"--env {name}=..." for name in missing)
    return EnvironmentIncomplete(
        f"The server needs {', '.join(missing)}.",
        advice=f"Run the same again with {asked}",
        details={"missing": list(missing)},
    )
