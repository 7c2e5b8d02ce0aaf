"""`mog auth`: sign in by a code, say who is signed in, sign out."""

import click

from mog_cli import identity, options, signing_in, signing_out, surroundings
from mog_cli import scopes as scopes_known
from mog_cli.errors import UsageError
from mog_cli.output import Console, Result


@click.command(
    "auth",
    cls=options.Command,
    params=options.acting(),
    short_help="Sign in, sign out, or say who you are.",
)
@click.option("--status", is_flag=True, help="Say who is signed in, and how.")
@click.option("--logout", is_flag=True, help="End the token and forget it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(scopes_known.ALL),
    metavar="SCOPE",
    help=f"A right to ask for, of {', '.join(scopes_known.ALL)}; repeatable. Without it:"
    f" {', '.join(scopes_known.DEFAULT)}.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@click.pass_obj
def command(
    console: Console, *, status: bool, logout: bool, scopes: tuple[str, ...], no_browser: bool
) -> Result:
    """Sign in, sign out, or say who is signed in.

    Signing in shows a code and a link; a person approves it in a browser, on any device.
    """
    if status and logout:
        raise UsageError("--status and --logout do not go together.")
    if (status or logout) and (scopes or no_browser):
        raise UsageError("--scope and --no-browser go with signing in alone.")
    here = surroundings.of_process(console)
    if here.flag and not status:
        raise UsageError("--org goes with --status: one signs in as oneself.")
    if status:
        return identity.status(here)
    if logout:
        return signing_out.log_out(here)
    return signing_in.log_in(
        here, scopes=scopes or scopes_known.DEFAULT, may_open_browser=not no_browser
    )
