"""Which account is whose: made when it is first asked for."""

from typing import Any

from django.conf import settings

from accounts.actor import Actor
from accounts.models import Organization, User
from catalog.models import Vendor
from payments.models import TRACKED, Account, AccountKind
from payments.models.account import PAYABLE_FLOOR_CENTS

Party = User | Organization | Vendor


def wallet_of(party: User | Organization) -> Account:
    """Return the wallet of a person or an organization."""
    return _account(AccountKind.WALLET, party)


def wallet_for(actor: Actor) -> Account:
    """Return the wallet an actor pays from: that of the organization they act for, or their own."""
    return wallet_of(actor.organization or actor.require_user())


def payable_of(vendor: Vendor) -> Account:
    """Return what we owe a vendor; it goes below zero after refunds of what was paid out."""
    return _account(AccountKind.PAYABLE, vendor, floor_cents=PAYABLE_FLOOR_CENTS)


def receivable_of(party: Party) -> Account:
    """Return what a party owes us."""
    return _account(AccountKind.RECEIVABLE, party)


def ours(kind: AccountKind) -> Account:
    """Return the one account of a kind that belongs to nobody but the marketplace."""
    return _account(kind, None)


def _account(kind: AccountKind, party: Party | None, *, floor_cents: int = 0) -> Account:
    owner = f":{party.public_id}" if party is not None else ""
    facts: dict[str, Any] = {
        "kind": kind,
        "currency": settings.CURRENCY,
        "balance_cents": 0 if kind in TRACKED else None,
        "floor_cents": floor_cents,
        **({_column_of(party): party} if party is not None else {}),
    }
    code = f"{kind.value}{owner}:{settings.CURRENCY}"
    # Two at once make one: the code is unique, and the loser reads the winner's.
    account, _ = Account.objects.get_or_create(code=code, defaults=facts)
    return account


def _column_of(party: Party) -> str:
    return {User: "user", Organization: "organization", Vendor: "vendor"}[type(party)]
