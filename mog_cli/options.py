"""The options every command takes, before or after its name."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import click

from mog_cli import organization_names
from mog_cli.errors import UsageError

_Command = Callable[..., Any]
_ORGANIZATION = "--org"
_KEY = "mog.organization"
_SHARED = {
    "--json": "Print one JSON document instead of text.",
    "--verbose": "Say on standard error what is asked of the server.",
}


class Shared(click.Option):
    """An option that is not one command's own."""


class Command(click.Command):
    """A command whose help names its own options first."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: its own, then those that others take too."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        is_common = {each: isinstance(each, Shared) for each in options}
        if (own_help := self.get_help_option(ctx)) is not None:
            is_common[own_help] = True
        for title, which in (("Options", False), ("Shared options", True)):
            shown = [each for each in options if is_common[each] is which]
            records = [record for each in shown if (record := each.get_help_record(ctx))]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def shared() -> list[click.Parameter]:
    """Return the shared options, for help and parsing.

    Their values are read by `is_given` before click runs: a usage error must know them too, and
    `mog --json pack` means the same as `mog pack --json`.
    """
    return [
        Shared([name], is_flag=True, expose_value=False, help=text)
        for name, text in _SHARED.items()
    ]


def acting() -> list[click.Parameter]:
    """Return the shared options and `--org`, for commands that act for somebody."""
    named = Shared(
        [_ORGANIZATION],
        metavar="SLUG",
        expose_value=False,
        callback=_remember,
        help="Act for this organization; a hyphen means yourself.",
    )
    return [*shared(), named]


def organization() -> str:
    """Return what `--org` says in the command under way; nothing when it is not given."""
    context = click.get_current_context(silent=True)
    return str(context.meta.get(_KEY, "")) if context else ""


def words_of(arguments: Sequence[str]) -> list[str]:
    """Return what is neither an option nor the value of `--org`."""
    words, before = [], ""
    for argument in arguments:
        if not argument.startswith("-") and before != _ORGANIZATION:
            words.append(argument)
        before = argument
    return words


def _remember(context: click.Context, _: click.Parameter, value: str | None) -> None:
    """Note `--org` for whoever connects; it may stand before the command or after it."""
    if value is None:
        return
    if not organization_names.is_choice(value):
        raise UsageError(
            f"--org {value!r} is no name of an organization.", advice="See: mog org list"
        )
    if context.meta.setdefault(_KEY, value) != value:
        raise UsageError("--org names two organizations.", advice="Say one.")


def is_given(name: str, arguments: Sequence[str]) -> bool:
    """Tell whether a shared option stands in the arguments, before any `--`."""
    assert name in _SHARED
    return name in takewhile(lambda argument: argument != "--", arguments)


def timeout(*, waiting: str, most_seconds: int) -> Callable[[_Command], _Command]:
    """Return what adds how long to wait, for a command that waits with an option."""
    return click.option(
        "--timeout",
        "patience_seconds",
        metavar="SECONDS",
        type=click.IntRange(1, most_seconds),
        default=600,
        show_default=True,
        help=f"With {waiting}: so long at most.",
    )


def waiting_for_approval(command: _Command) -> _Command:
    """Add what waits for a person who has to approve a purchase."""
    patience = timeout(waiting="--wait-approval", most_seconds=604_800)
    wait = click.option(
        "--wait-approval", is_flag=True, help="Where a person has to approve, wait until they have."
    )
    return wait(patience(command))
