"""`mog auth`: sign in by a code, say who is signed in, sign out."""

from enum import StrEnum

import click

from mog_cli import identity, options, signing_in, signing_out, surroundings
from mog_cli import scopes as scopes_known
from mog_cli.errors import UsageError
from mog_cli.output import Console, Result


class _Act(StrEnum):
    LOGIN = "login"
    STATUS = "status"
    LOGOUT = "logout"


@click.command("auth", params=options.shared(), short_help="Sign in, sign out, or say who you are.")
@click.option("--status", "act", flag_value=_Act.STATUS, help="Say who is signed in, and how.")
@click.option("--logout", "act", flag_value=_Act.LOGOUT, help="End the token and forget it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(scopes_known.ALL),
    help=f"A right to ask for; repeatable. Without it: {', '.join(scopes_known.DEFAULT)}.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@click.pass_obj
def command(
    console: Console, *, act: str | None, scopes: tuple[str, ...], no_browser: bool
) -> Result:
    """Sign in, sign out, or say who is signed in.

    Signing in shows a code and a link; a person approves it in a browser, on any device.
    """
    chosen = _Act(act or _Act.LOGIN)
    if chosen is not _Act.LOGIN and (scopes or no_browser):
        raise UsageError(f"--scope and --no-browser do not go with --{chosen}.")
    here = surroundings.of_process(console)
    if chosen is _Act.STATUS:
        return identity.status(here)
    if chosen is _Act.LOGOUT:
        return signing_out.log_out(here)
    return signing_in.log_in(
        here, scopes=scopes or scopes_known.DEFAULT, may_open_browser=not no_browser
    )
