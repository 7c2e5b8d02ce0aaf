"""Freeze a wallet and let it go: it stays frozen for as long as there is a reason that stands.

Every function runs inside a transaction that holds the wallet's row (`held`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Min

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from audit.who import Who
from payments import freeze_mail
from payments.errors import InvalidFreeze, WalletContested
from payments.models import (
    Account,
    AccountKind,
    Chargeback,
    ChargebackQuerySet,
    ChargebackState,
    WalletFreeze,
)
from payments.models.wallet_freeze import FREEZE_REASON_LENGTH


class FreezeKind(StrEnum):
    """Why a wallet is frozen, as its owner is told."""

    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute_lost"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, with the top-up that was disputed if that is it, and for how much."""

    kind: FreezeKind
    since: datetime
    top_up_id: str = ""
    disputed_cents: int = 0


def why(wallet: Account) -> list[Why]:
    """Return every reason that keeps a wallet frozen, oldest first."""
    active = WalletFreeze.objects.active().filter(wallet=wallet)
    return [_why(freeze) for freeze in active.select_related("chargeback__top_up").order_by("pk")]


def held(wallet: Account) -> Account:
    """Lock a wallet; return it as it is now."""
    return Account.objects.filter(pk=wallet.pk).locked().get()


@contextmanager
def opened(wallet: Account) -> Iterator[None]:
    """Let money out of a wallet even if it is frozen: a dispute takes what is there, whoever asks.

    Nobody else sees it open, because the caller holds its row. An error rolls all of it back.
    """
    Account.objects.filter(pk=wallet.pk).update(frozen_at=None)
    yield
    _settle(wallet)


def freeze_for(chargeback: Chargeback, wallet: Account, *, now: datetime) -> None:
    """Freeze a wallet for as long as a chargeback is open, and after it is lost."""
    WalletFreeze.objects.create(wallet=wallet, chargeback=chargeback, frozen_at=now)
    _changed(wallet, by=Actor.system().who, now=now, reason=chargeback.public_id)


def lift_for(
    chargebacks: ChargebackQuerySet, wallet: Account, reason: str, *, now: datetime
) -> None:
    """Lift what some chargebacks have frozen, by the site itself."""
    rows = WalletFreeze.objects.filter(wallet=wallet, chargeback__in=chargebacks)
    if rows.lift(by=None, reason=reason, now=now):
        _changed(wallet, by=Actor.system().who, now=now, reason=reason)


@transaction.atomic
def freeze(account: Account, *, reason: str, by: Actor, now: datetime) -> None:
    """Freeze a wallet as a member of staff; twice is once.

    Raises InvalidFreeze for what is no wallet, and without a reason.
    """
    wallet, reason = _asked(account, reason)
    user = by.require_user()
    defaults = {"frozen_by": user, "reason": reason, "frozen_at": now}
    WalletFreeze.objects.active().get_or_create(
        wallet=wallet, chargeback=None, lifted_at=None, defaults=defaults
    )
    if _changed(wallet, by=by.who, now=now, reason=reason):
        freeze_mail.tell(wallet)


@transaction.atomic
def unfreeze(account: Account, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a wallet go as a member of staff, whatever froze it; what is owed stays owed.

    Raises InvalidFreeze, and WalletContested while a dispute is open: a bank may still take more.
    """
    wallet, reason = _asked(account, reason)
    if Chargeback.objects.open().of_wallet(wallet).exists():
        raise WalletContested
    rows = WalletFreeze.objects.filter(wallet=wallet)
    rows.lift(by=by.require_user(), reason=reason, now=now)
    if _changed(wallet, by=by.who, now=now, reason=reason):
        freeze_mail.tell(wallet)


def _asked(account: Account, reason: str) -> tuple[Account, str]:
    reason = reason.strip()
    if not reason or len(reason) > FREEZE_REASON_LENGTH:
        raise InvalidFreeze("reason", f"Say why, in {FREEZE_REASON_LENGTH} characters at most.")
    if account.kind != AccountKind.WALLET:
        raise InvalidFreeze("account", "Only wallets can be frozen.")
    return held(account), reason


def _settle(wallet: Account) -> None:
    """Let the wallet's own row say since when the oldest reason stands."""
    active = WalletFreeze.objects.active().filter(wallet=wallet)
    oldest = active.aggregate(at=Min("frozen_at"))["at"]
    Account.objects.filter(pk=wallet.pk).update(frozen_at=oldest)
    wallet.frozen_at = oldest


def _changed(wallet: Account, *, by: Who, now: datetime, reason: str) -> bool:
    """Settle it, and write into the trail whether that froze it or let it go; tell if it did."""
    was_frozen = wallet.is_frozen
    _settle(wallet)
    if wallet.is_frozen == was_frozen:
        return False
    action = Action.WALLET_FROZEN if wallet.is_frozen else Action.WALLET_UNFROZEN
    record(action, by=by, now=now, subject=wallet.subject, data={"reason": reason})
    return True


def _why(freeze: WalletFreeze) -> Why:
    chargeback = freeze.chargeback
    if chargeback is None:
        return Why(FreezeKind.STAFF, freeze.frozen_at)
    is_lost = chargeback.state == ChargebackState.LOST
    kind = FreezeKind.DISPUTE_LOST if is_lost else FreezeKind.DISPUTED
    top_up = chargeback.top_up
    assert top_up is not None
    return Why(kind, freeze.frozen_at, top_up.public_id, chargeback.amount_cents)
