"""The options every command takes, before or after its name."""

from collections.abc import Sequence
from itertools import takewhile

import click

_SHARED = {
    "--json": "Print one JSON document instead of text.",
    "--verbose": "Say on standard error what is asked of the server.",
}


def shared() -> list[click.Parameter]:
    """Return the shared options, for help and parsing.

    Their values are read by `is_given` before click runs: a usage error must know them too, and
    `mog --json pack` means the same as `mog pack --json`.
    """
    return [
        click.Option([name], is_flag=True, expose_value=False, help=text)
        for name, text in _SHARED.items()
    ]


def is_given(name: str, arguments: Sequence[str]) -> bool:
    """Tell whether a shared option stands in the arguments, before any `--`."""
    assert name in _SHARED
    return name in takewhile(lambda argument: argument != "--", arguments)
