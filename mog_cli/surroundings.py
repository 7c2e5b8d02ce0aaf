"""What every command that talks to the server works with."""

import os
from dataclasses import dataclass, replace

from mog_cli import config, options, organization_names
from mog_cli.acting import Acting, Why
from mog_cli.config import Config
from mog_cli.connection import Connection
from mog_cli.credential_store import CredentialStore
from mog_cli.organization_choices import OrganizationChoices
from mog_cli.output import Console
from mog_cli.tokens import Token

# Whoever has the token that this computer keeps.
_STORED = "stored"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The settings, the stored tokens and the console of one run.

    `flag`: what `--org` says, as it was typed.
    """

    config: Config
    store: CredentialStore
    choices: OrganizationChoices
    console: Console
    flag: str = ""

    @property
    def origin(self) -> str:
        """Return the address of the server."""
        return self.config.api_origin

    @property
    def names_organization(self) -> bool:
        """Tell whether this very run names an organization, whatever is remembered."""
        named = self.flag or self.config.environment_organization
        return named not in ("", organization_names.PERSONAL)

    def at(self, origin: str) -> "Surroundings":
        """Return the same for another server, which MOG_TOKEN, MOG_ORG and --org are not for."""
        if origin == self.origin:
            return self
        there = replace(
            self.config,
            api_origin=origin,
            environment_token=None,
            environment_organization="",
        )
        return replace(self, config=there, flag="")

    def acting(self, token: Token) -> Acting:
        """Return for whom a run with a token acts; raises ConfigError."""
        for named, why in (
            (self.flag, Why.FLAG),
            (self.config.environment_organization, Why.ENVIRONMENT),
            (self.choices.get(self.origin, holder=self._holder(token)), Why.SWITCH),
        ):
            if named:
                return Acting("" if named == organization_names.PERSONAL else named, why)
        return Acting("", Why.TOKEN)

    def switch(self, token: Token, slug: str) -> None:
        """Let runs with a token act for an organization from now on, or for none.

        Raises ConfigError and CannotWrite.
        """
        holder = self._holder(token)
        if slug:
            self.choices.put(self.origin, holder=holder, slug=slug)
        else:
            self.choices.forget(self.origin, holder=holder)

    def forget_switch(self) -> None:
        """Let the next token of this computer begin without an organization; raises the same."""
        self.choices.forget(self.origin, holder=_STORED)

    def connect(self, *, token: Token | None = None, organization: str | None = None) -> Connection:
        """Return a connection to the server; it is the caller's to close.

        It acts for the organization that is given, `""` being none, or as `acting` says. Raises
        ConfigError.
        """
        if organization is None:
            organization = self.acting(token).organization if token else ""
        return Connection(
            origin=self.origin,
            console=self.console,
            token=token,
            is_token_given=token is not None and token == self.config.environment_token,
            organization=organization,
        )

    def _holder(self, token: Token) -> str:
        return token.prefix if token == self.config.environment_token else _STORED


def of_process(console: Console) -> Surroundings:
    """Return the surroundings of this process; raises ConfigError and MalformedToken."""
    settings = config.read(os.environ)
    return Surroundings(
        settings,
        CredentialStore(settings.folder, warn=console.warn),
        OrganizationChoices(settings.folder),
        console,
        flag=options.organization(),
    )
