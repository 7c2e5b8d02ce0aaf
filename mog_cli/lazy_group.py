"""A command group that loads a command's module only when that command is asked for."""

import importlib
from collections.abc import Callable, Mapping

import click


class LazyGroup(click.Group):
    """Commands by name; the module of each holds it as `command`.

    `sources` maps a command's name to its module.
    """

    def __init__(
        self,
        name: str,
        *,
        sources: Mapping[str, str],
        callback: Callable[..., object],
        params: list[click.Parameter],
        help_text: str,
    ) -> None:
        super().__init__(
            name,
            callback=callback,
            params=params,
            help=help_text,
            invoke_without_command=True,
        )
        self._sources = sources

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names, sorted."""
        return sorted(self._sources)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        """Return a command; None when there is none of that name."""
        source = self._sources.get(cmd_name)
        if source is None:
            return None
        command = importlib.import_module(source).command
        assert isinstance(command, click.Command)
        return command
