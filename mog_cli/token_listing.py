"""The tokens that this one may see: itself, or with the scope `account` all of its owner's; of one
that is bound to an organization, those that act for that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from mog_cli import identity, tables
from mog_cli.client import Client
from mog_cli.surroundings import Surroundings
from mog_cli.token_answers import ListedToken

PAGE = "/settings/tokens"
_HEAD = ("Id", "Prefix", "Kind", "Until (UTC)", "Last used", "Label", "Note", "Scopes")


@dataclass(frozen=True, slots=True)
class Seen:
    """The token of this run, and all that it may see, itself included."""

    current: ListedToken
    tokens: tuple[ListedToken, ...]

    @property
    def is_everything(self) -> bool:
        """Tell whether nothing of the owner's was kept from us."""
        return self._sees_others and self.current.organization_id is None

    @property
    def reach(self) -> str:
        """Return what it sees where that is not everything, in words."""
        return "only what acts for its organization" if self._sees_others else "only itself"

    @property
    def _sees_others(self) -> bool:
        return "account" in self.current.scopes


def seen_by(client: Client) -> Seen:
    """Ask the server; raises what Connection.exchange raises."""
    return Seen(client.current_token(), client.tokens())


def ask(here: Surroundings) -> Seen:
    """Ask with the token of this run; raises NotSignedIn too."""
    with here.connect(token=identity.current(here).token, organization="") as connection:
        return seen_by(Client(connection))


def table(tokens: Iterable[ListedToken], seen: Seen) -> str:
    """Return tokens as a table."""
    return tables.lines(_HEAD, [_row(token, seen) for token in tokens])


def data_of(token: ListedToken, seen: Seen) -> dict[str, object]:
    """Return it for `--json`."""
    return {
        "id": token.id,
        "prefix": token.prefix,
        "label": token.label,
        "kind": token.kind,
        "scopes": list(token.scopes),
        "expiresAt": token.expires_at.isoformat() if token.expires_at else None,
        "lastUsedAt": token.last_used_at.isoformat() if token.last_used_at else None,
        "spendPolicyId": token.spend_policy_id,
        "organizationId": token.organization_id,
        "isCurrent": token.id == seen.current.id,
    }


def _row(token: ListedToken, seen: Seen) -> tuple[str, ...]:
    return (
        token.id,
        token.prefix,
        token.kind,
        _minute_of(token.expires_at) or "no end",
        _minute_of(token.last_used_at) or "never",
        token.label,
        "this one" if token.id == seen.current.id else "",
        " ".join(token.scopes),
    )


def _minute_of(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""
