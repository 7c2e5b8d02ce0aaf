"""`mog install`: fetch packages, verify them, put them where the agents find them."""

from pathlib import Path

import click

from mog_cli import (
    identity,
    installed_facts,
    installing,
    options,
    package_requests,
    server_variables,
    surroundings,
    workplace,
)
from mog_cli.archive_download import Fetcher
from mog_cli.client import Client
from mog_cli.errors import UsageError
from mog_cli.install_plan import InstallOptions, Outcome
from mog_cli.obtaining import Desk
from mog_cli.output import Console, Result
from mog_cli.surroundings import Surroundings
from mog_cli.workplace import Workplace
from mog_package import Target

_EXAMPLES = """\b
Examples:
  mog install acme/pdf-tools            the latest version, for every client found here
  mog install acme/pdf-tools@1.2.0 --target cursor
  mog install                           everything in mog.lock.json, to the last byte
"""


@click.command(
    "install",
    params=options.shared(),
    short_help="Install packages into a project.",
    epilog=_EXAMPLES,
)
@click.argument("packages", metavar="[PKG[@VERSION]]...", nargs=-1)
@click.option(
    "--target",
    "targets",
    multiple=True,
    type=click.Choice([target.value for target in Target]),
    help="The client to install for; repeatable. Without it: those whose folders are here.",
)
@click.option("--auto-buy", is_flag=True, help="Buy what is not free, within your spend policy.")
@click.option(
    "--env", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable of an MCP server."
)
@click.option(
    "--yes", "-y", is_flag=True, help="Agree to run code, and to lose changes in the way."
)
@click.option("--frozen", is_flag=True, help="Refuse whatever would change mog.lock.json.")
@click.pass_obj
def command(
    console: Console,
    *,
    packages: tuple[str, ...],
    targets: tuple[str, ...],
    auto_buy: bool,
    pairs: tuple[str, ...],
    yes: bool,
    frozen: bool,
) -> Result:
    """Install packages into the project around the current folder.

    Each is fetched, held against its SHA-256 and every rule of the format, and put in place as a
    whole: after a failure or a crash the project is as it was. What runs code is installed only
    with your consent. Without packages, installs what mog.lock.json names.
    """
    wanted = [package_requests.parse(text) for text in packages]
    chosen = InstallOptions(
        targets=tuple(Target(target) for target in targets),
        variables=server_variables.parse(pairs),
        is_agreed=yes,
        is_frozen=frozen,
    )
    here = surroundings.of_process(console)
    place = workplace.around(Path(), here.config, console)
    if not wanted:
        _refuse_idle_options(place, chosen)
        # Nothing to do needs nobody: no server, no token, no right to write.
        if (outcomes := installing.complete(place, chosen)) is not None:
            return _said(outcomes)
    with here.connect(token=identity.current(here).token) as connection:
        desk = Desk(Client(connection), _fetcher(here), console, may_buy=auto_buy)
        if wanted:
            return _said(installing.install(place, desk, wanted, chosen))
        return _said(installing.restore(place, desk, chosen))


def _fetcher(here: Surroundings) -> Fetcher:
    return Fetcher(here.origin, here.console)


def _refuse_idle_options(place: Workplace, chosen: InstallOptions) -> None:
    if chosen.targets:
        raise UsageError("--target goes with a package: the lockfile names its own targets.")
    if not place.project.lockfile.exists():
        raise UsageError(
            f"There is no {place.project.lockfile} to install from.",
            advice="Name a package: mog install VENDOR/SLUG",
        )


def _said(outcomes: list[Outcome]) -> Result:
    data = {"packages": [_data_of(outcome) for outcome in outcomes]}
    text = "\n".join(_text_of(outcome) for outcome in outcomes)
    return Result(data, text or "The lockfile names no package; nothing to do.")


def _text_of(outcome: Outcome) -> str:
    did = "Installed" if outcome.is_changed else "Already installed"
    text = f"{did}: {installed_facts.text_of(outcome.name, outcome.package)}"
    if outcome.before not in (None, outcome.package.version):
        text += f", in place of {outcome.before}"
    return text


def _data_of(outcome: Outcome) -> dict[str, object]:
    return {
        **installed_facts.data_of(outcome.name, outcome.package),
        "isChanged": outcome.is_changed,
        "previousVersion": outcome.before,
    }
