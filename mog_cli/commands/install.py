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
from mog_cli.approval_watch import ApprovalWatch
from mog_cli.archive_download import Fetcher
from mog_cli.client import Client
from mog_cli.errors import UsageError
from mog_cli.install_plan import InstallOptions, Outcome
from mog_cli.obtaining import Desk
from mog_cli.output import Console, Result
from mog_cli.package_requests import PackageRequest
from mog_cli.patience import Patience
from mog_cli.surroundings import Surroundings
from mog_cli.workplace import Workplace
from mog_package import Target

_CLIENTS = tuple(target.value for target in Target)
_EXAMPLES = """\b
Examples:
  mog install acme/pdf-tools  the latest version, for the clients found here
  mog install acme/pdf-tools@1.2.0 --target cursor
  mog install                 everything in mog.lock.json, to the last byte
"""


@click.command(
    "install",
    cls=options.Command,
    params=options.acting(),
    short_help="Install packages into a project.",
    epilog=_EXAMPLES,
)
@click.argument("packages", metavar="[PKG[@VERSION]]...", nargs=-1)
@click.option(
    "--target",
    "targets",
    multiple=True,
    type=click.Choice(_CLIENTS),
    metavar="CLIENT",
    help=f"The client to install for, of {', '.join(_CLIENTS)}; repeatable. Without it: those"
    " whose folders are here.",
)
@click.option("--auto-buy", is_flag=True, help="Buy what is not free, within your spend policy.")
@options.waiting_for_approval
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
    wait_approval: bool,
    patience_seconds: int,
    pairs: tuple[str, ...],
    yes: bool,
    frozen: bool,
) -> Result:
    """Install packages into the project around the current folder.

    Each is fetched, held against its SHA-256 and every rule of the format, and put in place as a
    whole: after a failure or a crash the project is as it was. What runs code is installed only
    with your consent. Without packages, installs what mog.lock.json names.
    """
    if wait_approval and not auto_buy:
        raise UsageError("--wait-approval goes with --auto-buy: only a purchase is approved.")
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
        patience = Patience(patience_seconds) if wait_approval else None
        desk = _desk(here, Client(connection), may_buy=auto_buy, patience=patience)
        return _said(_obtained(place, desk, wanted, chosen))


def _desk(here: Surroundings, client: Client, *, may_buy: bool, patience: Patience | None) -> Desk:
    """Return where packages are asked for; with patience it waits for who has to approve."""
    fetcher = Fetcher(here.origin, here.console)
    watch = ApprovalWatch(client, here.console, patience) if patience else None
    return Desk(client, fetcher, here.console, may_buy=may_buy, watch=watch)


def _obtained(
    place: Workplace, desk: Desk, wanted: list[PackageRequest], chosen: InstallOptions
) -> list[Outcome]:
    if not wanted:
        return installing.restore(place, desk, chosen)
    if not chosen.is_frozen:  # which may refuse what would have been bought for nothing
        desk.acquire(wanted)
    return installing.install(place, desk, wanted, chosen)


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
