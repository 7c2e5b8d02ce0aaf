"""`mog completion`: let the shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

from mog_cli import options
from mog_cli.output import Result

_SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_MOG_COMPLETE"  # where click looks for the shell's question


@click.command(
    "completion",
    cls=options.Command,
    params=options.shared(),
    short_help="Print a script that completes mog's commands in a shell.",
)
@click.argument("shell", metavar="SHELL", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> Result:
    """Print a script that completes mog's commands in a shell.

    In bash: eval "$(mog completion bash)"
    """
    completion = get_completion_class(shell)
    assert completion is not None
    group = context.find_root().command
    script = completion(group, {}, "mog", _VARIABLE).source()
    return Result({"shell": shell, "script": script}, script.strip())
