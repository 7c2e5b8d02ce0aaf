"""Which account is whose: made when it is first asked for."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.actor import Actor
from accounts.models import Organization, User
from catalog.models import Vendor
from payments.models import TRACKED, Account, AccountKind
from payments.models.account import PAYABLE_FLOOR_CENTS

WalletOwner = User | Organization
Party = WalletOwner | Vendor


@dataclass(frozen=True, slots=True)
class Sides:
    """The accounts that a sale moves money between."""

    wallet: Account
    payable: Account
    fees: Account


def hold_for_sale(vendor: Vendor, *, buyer: User | Organization) -> Sides:
    """Lock a buyer's wallet and what a vendor is owed, as they are now, inside a transaction.

    Together and in the ledger's order, so that a refund that comes the other way cannot wait for
    this sale while this sale waits for it. Whatever has to be made is made before, and the fees,
    which all sales share, are not locked.
    """
    wallet, payable, fees = _together(
        (AccountKind.WALLET, buyer), (AccountKind.PAYABLE, vendor), (AccountKind.FEES, None)
    )
    held = {
        each.pk: each for each in Account.objects.filter(pk__in=[wallet.pk, payable.pk]).locked()
    }
    return Sides(held[wallet.pk], held[payable.pk], fees)


def wallet_of(party: User | Organization) -> Account:
    """Return the wallet of a person or an organization."""
    return _account(AccountKind.WALLET, party)


def wallet_for(actor: Actor) -> Account:
    """Return the wallet an actor pays from: that of the organization they act for, or their own."""
    return wallet_of(actor.party)


def payable_of(vendor: Vendor) -> Account:
    """Return what we owe a vendor; it goes below zero after refunds of what was paid out."""
    return _account(AccountKind.PAYABLE, vendor)


def receivable_of(party: Party) -> Account:
    """Return what a party owes us."""
    return _account(AccountKind.RECEIVABLE, party)


def known_receivable_of(wallet: Account) -> Account | None:
    """Return what the owner of a wallet owes us, if they ever owed anything; makes nothing."""
    party = wallet.organization or wallet.user
    assert party is not None
    return Account.objects.filter(code=_code(AccountKind.RECEIVABLE, party)).first()


def ours(kind: AccountKind) -> Account:
    """Return the one account of a kind that belongs to nobody but the marketplace."""
    return _account(kind, None)


def _together(*wanted: tuple[AccountKind, Party | None]) -> list[Account]:
    """Return several accounts in one query, where all of them are there already."""
    codes = [_code(kind, party) for kind, party in wanted]
    found = {account.code: account for account in Account.objects.filter(code__in=codes)}
    return [
        found.get(code) or _account(kind, party)
        for code, (kind, party) in zip(codes, wanted, strict=True)
    ]


def _account(kind: AccountKind, party: Party | None) -> Account:
    facts: dict[str, Any] = {
        "kind": kind,
        "currency": settings.CURRENCY,
        "balance_cents": 0 if kind in TRACKED else None,
        "floor_cents": PAYABLE_FLOOR_CENTS if kind == AccountKind.PAYABLE else 0,
        **({_column_of(party): party} if party is not None else {}),
    }
    # Two at once make one: the code is unique, and the loser reads the winner's.
    account, _ = Account.objects.get_or_create(code=_code(kind, party), defaults=facts)
    return account


def _code(kind: AccountKind, party: Party | None) -> str:
    owner = f":{party.public_id}" if party is not None else ""
    return f"{kind.value}{owner}:{settings.CURRENCY}"


def _column_of(party: Party) -> str:
    return {User: "user", Organization: "organization", Vendor: "vendor"}[type(party)]
