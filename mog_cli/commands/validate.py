"""`mog validate`: hold a folder or a zip against every rule of the package format."""

from pathlib import Path

import click

from mog_cli import findings, local_package, options, package_facts
from mog_cli.output import Console, Result

_EXAMPLES = """\b
Examples:
  mog validate                  the package around the current folder
  mog validate ./my-skill       a folder
  mog validate my-skill.zip     a zip, as the server would read it
"""


@click.command(
    "validate",
    cls=options.Command,
    params=options.shared(),
    short_help="Check a package folder or zip against every rule.",
    epilog=_EXAMPLES,
)
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def command(console: Console, *, path: Path | None) -> Result:
    """Check a package folder or zip against every rule of the format.

    Says every problem, one a line, with the file, the line and the name of the rule, and exits
    with 1 when there are any. Warnings do not change the exit code. It is what the server checks
    at upload, before it scans.
    """
    package = local_package.check(path or local_package.folder_around(Path()))
    findings.warn(package.warnings, console)
    data = {**package_facts.data_of(package), "warnings": findings.facts(package.warnings)}
    return Result(data, f"Valid: {package_facts.text_of(package)}")
