"""`mog uninstall`: take packages out of a project."""

import os
from pathlib import Path

import click

from mog_cli import (
    config,
    installed_facts,
    options,
    package_names,
    uninstalling,
    workplace,
)
from mog_cli.output import Console, Result


@click.command(
    "uninstall",
    cls=options.Command,
    params=options.shared(),
    short_help="Remove installed packages.",
)
@click.argument("packages", metavar="PKG...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Let files go that somebody has changed.")
@click.pass_obj
def command(console: Console, *, packages: tuple[str, ...], yes: bool) -> Result:
    """Remove packages from the project around the current folder.

    Their folders, their entries in clients' settings as far as those are still ours, and their
    places in mog.lock.json go together, or nothing does. What you bought stays yours.
    """
    names = [package_names.parse(text) for text in packages]
    place = workplace.around(Path(), config.read(os.environ), console)
    removed = uninstalling.uninstall(place, names, is_agreed=yes)
    data = {"packages": [installed_facts.data_of(name, removed[name]) for name in removed]}
    lines = [f"Removed: {installed_facts.text_of(name, removed[name])}" for name in removed]
    return Result(data, "\n".join(lines))
