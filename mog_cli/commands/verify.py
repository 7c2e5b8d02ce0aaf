"""`mog verify`: hold every installed file against the lockfile."""

import os
from pathlib import Path

import click

from mog_cli import config, options, package_names, sizes, verifying, workplace
from mog_cli.output import Console, Result


@click.command(
    "verify",
    cls=options.Command,
    params=options.shared(),
    short_help="Check installed files against the lockfile.",
)
@click.argument("packages", metavar="[PKG]...", nargs=-1)
@click.pass_obj
def command(console: Console, *, packages: tuple[str, ...]) -> Result:
    """Hash every installed file and compare it with mog.lock.json, and servers' settings too.

    Says what is missing, changed or extra, and whether an interrupted change waits to be
    taken back; exits with 1 then. It changes nothing and asks no server.
    """
    names = [package_names.parse(text) for text in packages]
    place = workplace.around(Path(), config.read(os.environ), console)
    verified = verifying.verify(place, names)
    files = sum(len(each.files) * len(each.folders) for each in verified.values())
    packages_said = sizes.count_of(len(verified), "package")
    data = {"packages": sorted(verified), "files": files}
    said = f"As installed: {packages_said}, {sizes.count_of(files, 'file')}."
    return Result(data, said if verified else "Nothing is installed here.")
