"""The MCP servers of an installation: ask for consent, then prepare the settings of clients."""

import contextlib
from collections.abc import Iterator, Sequence

from mog_cli import consent, project_state, server_variables
from mog_cli.changing import Change
from mog_cli.install_plan import InstallOptions, Prepared
from mog_cli.mcp_config import McpConfig, ServerPlace
from mog_cli.workplace import Workplace


@contextlib.contextmanager
def settled(
    place: Workplace, prepared: Sequence[Prepared], change: Change, options: InstallOptions
) -> Iterator[None]:
    """Prepare every settings file; those that projects share are ours while the block runs.

    Raises ConsentNeeded, Declined, EnvironmentIncomplete, UsageError, SettingsRefused and
    AlreadyThere.
    """
    servers = [s for one in prepared for s in place.servers(one.name, one.locked)]
    former = [s for one in prepared for s in place.servers(one.name, one.before)]
    with holding_settings(place, [*servers, *former]):
        config = place.mcp_config()
        manifests = {one.name: one.package.manifest for one in prepared}
        given = options.variables
        planned = server_variables.plan(servers, former, manifests, config, given=given)
        requests = [*_about_servers(servers, config), *_about_scripts(prepared)]
        consent.obtain(requests, place.console, is_given=options.is_agreed)
        for each in planned:
            config.add(each.place, each.variables, before=each.before)
            server_variables.warn_of_secrets(each, config.file(each.place), place.console)
        _remove_former(servers, former, config)
        config.stage(change)
        yield


@contextlib.contextmanager
def holding_settings(place: Workplace, servers: Sequence[ServerPlace]) -> Iterator[None]:
    """Hold the settings that projects share if one of the servers is in them."""
    with contextlib.ExitStack() as stack:
        if any(server.is_shared for server in servers):
            shared = project_state.holding_shared(place.project, place.user, place.console)
            stack.enter_context(shared)
        yield


def _about_servers(servers: Sequence[ServerPlace], config: McpConfig) -> list[str]:
    return [consent.about_server(server, settings=str(config.file(server))) for server in servers]


def _about_scripts(prepared: Sequence[Prepared]) -> list[str]:
    return [
        consent.about_scripts(one.package)
        for one in prepared
        if one.package.runs_code and one.locked.server is None
    ]


def _remove_former(
    servers: Sequence[ServerPlace], former: Sequence[ServerPlace], config: McpConfig
) -> None:
    staying = {(server.package, server.target) for server in servers}
    for was in former:
        if (was.package, was.target) not in staying:
            config.remove(was)
