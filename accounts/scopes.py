"""What a credential may be used for."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One permission of a token; the descriptions are what a person reads before granting it."""

    READ = "read"
    PURCHASE = "purchase"
    DOWNLOAD = "download"
    SELL = "sell"
    ORG = "org"
    ACCOUNT = "account"

    @property
    def description(self) -> str:
        """Return what granting this scope allows, for the person who grants it."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS = {
    Scope.READ: "See your profile, your library and your settings",
    Scope.PURCHASE: "Buy packages, within a spend policy",
    Scope.DOWNLOAD: "Download packages you own",
    Scope.SELL: "Upload and publish packages",
    Scope.ORG: "Act for your organizations",
    Scope.ACCOUNT: "Manage your account and tokens; lasts at most one hour",
}

ALL_SCOPES = frozenset(Scope)


def to_text(scopes: Iterable[Scope]) -> str:
    """Return scopes as an RFC 6749 section 3.3 scope string: sorted, separated by one space."""
    return " ".join(sorted(set(scopes)))


def from_text(text: str) -> frozenset[Scope]:
    """Return the scopes of a scope string; raises ValueError for a name that is none."""
    return frozenset(Scope(word) for word in text.split())
