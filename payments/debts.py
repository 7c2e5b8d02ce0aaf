"""What owners of wallets owe after disputes: paid first by what comes into the wallet."""

from datetime import datetime

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import accounts, freezing, ledger
from payments.ledger import Entry
from payments.models import Account, Chargeback, ChargebackState


def owed_on(wallet: Account) -> int:
    """Return what the owner of a wallet owes us, in cents."""
    owed = accounts.known_receivable_of(wallet)
    return -ledger.balance_of(owed) if owed else 0


def collect(wallet: Account, *, cause: str, now: datetime) -> None:
    """Pay what is owed from what is in the wallet, and free it once nothing is owed any more.

    wallet: held by the caller. cause: the public id of what brought the money, or ended a dispute;
    each collects once. Nothing is taken while a dispute is open, because its end may change what is
    owed. Staff's own freezes stay.
    """
    owed = accounts.known_receivable_of(wallet)
    owed_cents = -ledger.balance_of(owed) if owed else 0
    if owed is None or not owed_cents or Chargeback.objects.open().of_wallet(wallet).exists():
        return
    cents = min(owed_cents, ledger.balance_of(wallet))
    if cents:
        with freezing.opened(wallet):
            ledger.post(f"debt:{cause}", [Entry("paid", wallet, owed, cents)], now=now)
        data = {"amountCents": cents, "leftCents": owed_cents - cents, "cause": cause}
        system = Actor.system().who
        record(Action.DEBT_PAID, by=system, now=now, subject=wallet.subject, data=data)
    if cents == owed_cents:
        lost = Chargeback.objects.filter(state=ChargebackState.LOST).of_wallet(wallet)
        freezing.lift_for(lost, wallet, "paid", now=now)
