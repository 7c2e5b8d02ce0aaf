"""Ask before anything may run code on this computer."""

import shlex
from collections.abc import Sequence

import click

from mog_cli import mcp_clients, output, streams
from mog_cli.errors import ConsentNeeded, Declined
from mog_cli.mcp_config import ServerPlace
from mog_cli.output import Console
from mog_package import Package, Transport, file_types


def about_server(place: ServerPlace, *, settings: str) -> str:
    """Return what a server would do: the exact command line or address, and its variables."""
    server = place.server
    if server.transport is Transport.HTTP:
        does = f"connects {place.target} to {server.url}"
    else:
        line = [server.command, *mcp_clients.arguments_of(server, place.folder)]
        does = f"lets {place.target} run on this computer: {shlex.join(line)}"
    variables = f", with the variables {', '.join(server.env)}" if server.env else ""
    return output.one_line(f"{place.package} {does}{variables} (written to {settings})")


def about_scripts(package: Package) -> str:
    """Return what a package with scripts brings."""
    scripts = [file.path for file in package.files if file_types.is_script(file.path)]
    named = f"{package.manifest.name} {package.manifest.version}"
    return output.one_line(f"{named} brings scripts that an agent may run: {', '.join(scripts)}")


def obtain(requests: Sequence[str], console: Console, *, is_given: bool) -> None:
    """Return once a person agrees to every request; `is_given` says that somebody has.

    Raises ConsentNeeded when nobody can be asked, Declined when the answer is no.
    """
    if not requests or is_given:
        return
    text = "\n".join(requests)
    if console.is_json or not streams.is_interactive():
        raise ConsentNeeded(
            f"This needs a person's consent: {text}",
            advice="If you agree, run the same again with --yes.",
            details={"requests": list(requests)},
        )
    console.ask(text)
    if not click.confirm("Do you agree?", err=True):
        raise Declined("Nothing was installed, as you wish.")
