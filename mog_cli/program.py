"""The command group, and the only place where exceptions become exit codes.

0: done. 1: an error, wrong usage included. 2: a human must decide. 130: interrupted.
"""

import contextlib
import io
import traceback
from collections.abc import Sequence

import click

from mog_cli import __version__, groups, options
from mog_cli.errors import Interrupted, MogError, UsageError
from mog_cli.lazy_group import LazyGroup
from mog_cli.output import Console, Result

_COMMANDS = {
    "audit": "mog_cli.commands.audit",
    "auth": "mog_cli.commands.auth",
    "buy": "mog_cli.commands.buy",
    "completion": "mog_cli.commands.completion",
    "init": "mog_cli.commands.init",
    "install": "mog_cli.commands.install",
    "list": "mog_cli.commands.list",
    "org": "mog_cli.commands.org",
    "pack": "mog_cli.commands.pack",
    "publish": "mog_cli.commands.publish",
    "search": "mog_cli.commands.search",
    "show": "mog_cli.commands.show",
    "token": "mog_cli.commands.token",
    "uninstall": "mog_cli.commands.uninstall",
    "validate": "mog_cli.commands.validate",
    "verify": "mog_cli.commands.verify",
    "wallet": "mog_cli.commands.wallet",
}
# Those that have commands of their own, which the envelope names too: `token list`.
_GROUPS = frozenset({"org", "token"})
_HELP = """Find, buy, install and publish packages for AI agents.

Exit codes: 0 done, 1 error, 2 a human must decide.
"""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    console = Console(
        is_json=options.is_given("--json", arguments),
        is_verbose=options.is_given("--verbose", arguments),
    )
    command = _command_in(arguments)
    try:
        return console.succeed(command=command, result=_invoke(arguments, console))
    # The last door: whatever comes here becomes a sentence and an exit code.
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001
        error = as_error(problem)
        if not isinstance(problem, MogError | click.ClickException):
            console.trace("".join(traceback.format_exception(problem)).rstrip())
        console.fail(command=command, error=error)
        return error.exit_code


def root() -> LazyGroup:
    """Return the command group."""
    version = click.Option(["--version"], is_flag=True, help="Print the version.")
    return LazyGroup(
        "mog",
        sources=_COMMANDS,
        callback=_without_command,
        params=[version, *options.acting()],
        help_text=_HELP,
    )


@click.pass_context
def _without_command(context: click.Context, *, version: bool) -> Result | None:
    if context.invoked_subcommand is not None:
        if version:
            raise UsageError("--version stands alone.")
        return None
    if version:
        return Result({"version": __version__}, f"mog {__version__}")
    return groups.shown(context.get_help())


def _invoke(arguments: Sequence[str], console: Console) -> Result:
    """Let click parse and call; with `--json` what it prints itself, such as help, is caught."""
    caught = io.StringIO()
    with contextlib.redirect_stdout(caught) if console.is_json else contextlib.nullcontext():
        result = root().main(list(arguments), "mog", standalone_mode=False, obj=console)
    return result if isinstance(result, Result) else groups.shown(caught.getvalue())


def _command_in(arguments: Sequence[str]) -> str:
    """Return the command's name as the envelope carries it."""
    words = options.words_of(arguments)
    if words:
        return " ".join(words[: 2 if words[0] in _GROUPS else 1])
    return "version" if "--version" in arguments else "help"


def as_error(problem: BaseException) -> MogError:
    """Return what to tell and which code to exit with for anything that ended a command."""
    if isinstance(problem, MogError):
        return problem
    if isinstance(problem, click.Abort):
        return _aborted(problem)
    if isinstance(problem, KeyboardInterrupt):
        return Interrupted("Interrupted.")
    if isinstance(problem, click.UsageError):
        return _misused(problem)
    if isinstance(problem, click.ClickException):
        return MogError(problem.format_message())
    if isinstance(problem, OSError):
        return MogError(_about_os_error(problem))
    return MogError(
        f"mog has a fault: {type(problem).__name__}: {problem}.",
        advice="Please report it, with what --verbose adds.",
    )


def _aborted(abort: click.Abort) -> MogError:
    if isinstance(abort.__cause__, EOFError):
        return UsageError("The input ended before the question was answered.")
    return Interrupted("Interrupted.")


def _misused(problem: click.UsageError) -> UsageError:
    path = problem.ctx.command_path if problem.ctx is not None else "mog"
    return UsageError(problem.format_message(), advice=f"See: {path} --help")


def _about_os_error(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."
