"""`mog init`: begin a package."""

from pathlib import Path

import click

from mog_cli import findings, options, package_facts, starting, streams
from mog_cli.output import Console, Result
from mog_cli.starting import Begun, StartOptions
from mog_package import PackageType

_TYPES = tuple(kind.value for kind in PackageType)
_EXAMPLES = """\b
Examples:
  mog init                              in the current folder; asks
  mog init notes --type rule --yes      in ./notes, without a question
  mog init pdf-tools --from ./my-skill  with a copy of a skill that you have
"""


@click.command(
    "init",
    cls=options.Command,
    params=options.shared(),
    short_help="Begin a package.",
    epilog=_EXAMPLES,
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--type",
    "kind",
    type=click.Choice(_TYPES),
    metavar="TYPE",
    help=f"What it is, of {', '.join(_TYPES)}.",
)
@click.option(
    "--name", metavar="VENDOR/SLUG", help="Its name; made up from yours and the folder's."
)
@click.option("--description", metavar="TEXT", help="What it does, and when to use it.")
@click.option(
    "--from",
    "skill",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A skill's folder whose files are copied into the package.",
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; take what is not said by default.")
@click.pass_obj
def command(
    console: Console,
    *,
    folder: Path,
    kind: str | None,
    name: str | None,
    description: str | None,
    skill: Path | None,
    yes: bool,
) -> Result:
    """Begin a package: mog.yaml, README, CHANGELOG and content/.

    On a terminal it asks for what is not said. What it makes is valid as it is. A file that
    exists is never touched, and when something is in the way nothing is made.
    """
    chosen = StartOptions(PackageType(kind) if kind else None, name, description)
    may_ask = streams.is_interactive() and not (yes or console.is_json)
    if skill is None:
        begun = starting.begin(folder, chosen, may_ask=may_ask)
    else:
        begun = starting.begin_with(folder, skill, chosen, may_ask=may_ask)
    findings.warn(begun.package.warnings, console)
    return Result(_data_of(begun, folder), _text_of(begun, folder))


def _text_of(begun: Begun, folder: Path) -> str:
    made = "\n".join(f"  {folder / path}" for path in begun.paths)
    where = "" if folder == Path() else f" {folder}"
    return (
        f"Made {package_facts.text_of(begun.package)}:\n{made}\n"
        f"Next: write the content, then run: mog validate{where}, mog pack{where}"
    )


def _data_of(begun: Begun, folder: Path) -> dict[str, object]:
    return {
        **package_facts.data_of(begun.package),
        "path": str(folder.absolute()),
        "warnings": findings.facts(begun.package.warnings),
    }
