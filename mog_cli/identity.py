"""Which token speaks for this run, and for whom.

MOG_TOKEN goes before the token stored for the server.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mog_cli import spending_facts
from mog_cli.answers import Account
from mog_cli.client import Client
from mog_cli.errors import ApiError, MogError, NotSignedIn, Unconfirmed
from mog_cli.output import Result, one_line
from mog_cli.spending_facts import Binding
from mog_cli.surroundings import Surroundings
from mog_cli.tokens import Token


class Source(StrEnum):
    """Where a token comes from."""

    ENVIRONMENT = "environment"
    STORED = "stored"

    @property
    def text(self) -> str:
        """Return it in words."""
        return "from MOG_TOKEN" if self is Source.ENVIRONMENT else "stored on this computer"


@dataclass(frozen=True, slots=True)
class Identity:
    """A token, where it comes from, and when it ends as far as this computer knows."""

    token: Token
    source: Source
    expires_at: datetime | None

    @property
    def text(self) -> str:
        """Return what may be shown of it, in words."""
        return f"{self.token}, {self.source.text}"


def current(here: Surroundings) -> Identity:
    """Return the token of this run; raises NotSignedIn and CredentialStoreError."""
    if here.config.environment_token is not None:
        return Identity(here.config.environment_token, Source.ENVIRONMENT, None)
    return stored(here)


def reading(here: Surroundings) -> Token | None:
    """Return the token to look around with: only an organization's packages need one.

    Raises as `current` where this run names an organization.
    """
    try:
        token = current(here).token
    except NotSignedIn:
        if here.names_organization:
            raise
        return None
    return token if here.acting(token).organization or token.is_of_organization else None


def stored(here: Surroundings) -> Identity:
    """Return the token this computer keeps; raises NotSignedIn and CredentialStoreError."""
    credential = here.store.get(here.origin)
    if credential is None:
        raise NotSignedIn(f"You are not signed in to {here.origin}.", advice="Run: mog auth")
    return Identity(credential.token, Source.STORED, credential.expires_at)


def ask(found: Identity, here: Surroundings) -> Account:
    """Return whom the server takes the token for; raises what Connection.exchange raises."""
    with here.connect(token=found.token, organization="") as connection:
        return Client(connection).me()


def status(here: Surroundings) -> Result:
    """Say who is signed in and what may be spent; raises NotSignedIn and Unconfirmed."""
    found = current(here)
    with here.connect(token=found.token) as connection:
        client = Client(connection)
        try:
            account = client.me()
        except MogError as error:
            raise _unconfirmed(error, found, here) from error
        binding = _binding(account, client, here)
    data = {
        "signedIn": True,
        **facts(found, here),
        **account_facts(account),
        **binding.data,
    }
    return Result(data, "\n".join([_text(account, found, here), *binding.lines]))


def _binding(account: Account, client: Client, here: Surroundings) -> Binding:
    """Return what binds the token's spending; who is signed in is told even if this is not."""
    if account.spend_policy_id is None:
        return Binding()
    try:
        return spending_facts.binding(account, client.spend_policies())
    except MogError as error:
        here.console.warn(f"what the token may spend could not be asked: {error.message}")
        return Binding()


def facts(found: Identity, here: Surroundings) -> dict[str, object]:
    """Return what this computer knows of a token, for `--json`."""
    return {
        "apiUrl": here.origin,
        "source": str(found.source),
        "tokenPrefix": found.token.prefix,
        "expiresAt": found.expires_at.isoformat() if found.expires_at else None,
    }


def account_facts(account: Account) -> dict[str, object]:
    """Return what the server says of a token, for `--json`."""
    user = {
        "id": account.user_id,
        "username": account.username,
        "displayName": account.display_name,
    }
    found: dict[str, object] = {
        "user": user,
        "label": account.label,
        "kind": account.kind,
        "scopes": list(account.scopes),
        "organization": account.organization,
    }
    if account.expires_at:
        found["expiresAt"] = account.expires_at.isoformat()
    return found


def _text(account: Account, found: Identity, here: Surroundings) -> str:
    expires_at = account.expires_at or found.expires_at
    organization = f", acting for {account.organization}" if account.organization else ""
    lines = [
        f"Signed in to {here.origin} as {account.username}{organization}.",
        f"Token: {found.text} ({account.kind})",
        f"Scopes: {', '.join(account.scopes)}",
        f"Expires: {expires_at:%Y-%m-%d %H:%M %Z}" if expires_at else "Expires: not known",
    ]
    return "\n".join(one_line(line) for line in lines)


def _unconfirmed(error: MogError, found: Identity, here: Surroundings) -> Unconfirmed:
    """Return why a token could not be confirmed, with what is known here."""
    details = {**(error.details or {}), **facts(found, here)}
    if not isinstance(error, ApiError) or error.status != 401:
        message = f"There is a token ({found.text}), but: {error.message}"
        return Unconfirmed(message, code=error.code, advice=error.advice, details=details)
    is_stored = found.source is Source.STORED
    return Unconfirmed(
        f"{here.origin} does not accept the token {found.text}: it has expired or was revoked.",
        code="token_rejected",
        advice="Sign in again with: mog auth" if is_stored else "Unset MOG_TOKEN or set another.",
        details=details,
    )
