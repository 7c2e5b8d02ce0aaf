"""What every command that talks to the server works with."""

import os
from dataclasses import dataclass, replace

from mog_cli import config
from mog_cli.config import Config
from mog_cli.connection import Connection
from mog_cli.credential_store import CredentialStore
from mog_cli.output import Console
from mog_cli.tokens import Token


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The settings, the stored tokens and the console of one run."""

    config: Config
    store: CredentialStore
    console: Console

    @property
    def origin(self) -> str:
        """Return the address of the server."""
        return self.config.api_origin

    def at(self, origin: str) -> "Surroundings":
        """Return the same for another server, which MOG_TOKEN is not for."""
        if origin == self.origin:
            return self
        there = replace(self.config, api_origin=origin, environment_token=None)
        return replace(self, config=there)

    def connect(self, *, token: Token | None = None) -> Connection:
        """Return a connection to the server; it is the caller's to close."""
        is_given = token is not None and token == self.config.environment_token
        return Connection(
            origin=self.origin, console=self.console, token=token, is_token_given=is_given
        )


def of_process(console: Console) -> Surroundings:
    """Return the surroundings of this process; raises ConfigError and MalformedToken."""
    settings = config.read(os.environ)
    return Surroundings(settings, CredentialStore(settings.folder, warn=console.warn), console)
