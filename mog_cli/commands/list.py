"""`mog list`: what is installed in a project."""

import os
from pathlib import Path

import click

from mog_cli import config, installed_facts, journal, lockfile, options, project_state
from mog_cli import workplace as workplaces
from mog_cli.lockfile import Lockfile
from mog_cli.output import Console, Result
from mog_cli.workplace import Workplace


@click.command(
    "list", cls=options.Command, params=options.shared(), short_help="List installed packages."
)
@click.pass_obj
def command(console: Console) -> Result:
    """List the packages of the project around the current folder, as mog.lock.json has them."""
    place = workplaces.around(Path(), config.read(os.environ), console)
    packages = _settled(place).packages
    data = {
        "project": str(place.project.root),
        "packages": [installed_facts.data_of(name, packages[name]) for name in sorted(packages)],
    }
    lines = [installed_facts.text_of(name, packages[name]) for name in sorted(packages)]
    return Result(data, "\n".join(lines) or "Nothing is installed here.")


def _settled(place: Workplace) -> Lockfile:
    """Return the lockfile once no change is under way, an interrupted one being taken back."""
    if journal.exists(place.project):
        with project_state.holding(place.project, place.user, place.console):
            return lockfile.read(place.project.lockfile)
    return lockfile.read(place.project.lockfile)
