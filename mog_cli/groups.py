"""Commands that have commands of their own, such as `mog token list`."""

import click

from mog_cli import options
from mog_cli.output import Result


def group(name: str, *, short_help: str, help_text: str) -> click.Group:
    """Return a group to hang commands into; by itself it shows its help."""
    return click.Group(
        name,
        params=options.shared(),
        short_help=short_help,
        help=help_text,
        invoke_without_command=True,
        callback=_without_command,
    )


def shown(text: str) -> Result:
    """Return a text that click wrote, such as help, as a result."""
    return Result({"text": text}, text)


@click.pass_context
def _without_command(context: click.Context) -> Result | None:
    return None if context.invoked_subcommand else shown(context.get_help())
