"""A disputed top-up: what is left of it in the wallet is held, the rest is owed, nothing is spent.

The account `disputed` stands between the provider and whoever bears a dispute. It hands on what it
takes, so it always holds nothing.
"""

from datetime import datetime

from payments import accounts, debts, freezing, ledger
from payments.errors import PaymentMismatch
from payments.ledger import Entry
from payments.models import Account, AccountKind, Chargeback, TopUp, TopUpState


def take(chargeback: Chargeback, pk: int, *, now: datetime) -> None:
    """Take a top-up's money back out of the wallet, as far as it is there, and freeze the wallet.

    The caller holds the top-up's row. Raises PaymentMismatch when it has not brought so much.
    """
    top_up = TopUp.objects.with_payer().get(pk=pk)
    if top_up.state != TopUpState.SUCCEEDED or chargeback.amount_cents > _left_of(top_up):
        raise PaymentMismatch(top_up.public_id, chargeback.provider_id)
    wallet = freezing.held(accounts.wallet_of(top_up.payer.party))
    there = min(wallet.balance_cents or 0, chargeback.amount_cents)
    chargeback.top_up = top_up
    chargeback.receivable_cents = chargeback.amount_cents - there
    chargeback.save(force_insert=True)
    with freezing.opened(wallet):
        ledger.post(chargeback.event, _taken(chargeback, wallet), now=now)
    freezing.freeze_for(chargeback, wallet, now=now)


def give_back(chargeback: Chargeback, *, now: datetime) -> None:
    """Reverse it to the cent, and free the wallet of this dispute."""
    wallet = freezing.held(accounts.wallet_of(_party_of(chargeback)))
    ledger.post(chargeback.return_event, _returned(chargeback, wallet), now=now)
    freezing.lift_for(Chargeback.objects.filter(pk=chargeback.pk), wallet, "won", now=now)
    debts.collect(wallet, cause=chargeback.public_id, now=now)


def keep(chargeback: Chargeback, *, now: datetime) -> None:
    """Let the money be gone. What is owed is paid by what came into the wallet meanwhile."""
    wallet = freezing.held(accounts.wallet_of(_party_of(chargeback)))
    debts.collect(wallet, cause=chargeback.public_id, now=now)


def _left_of(top_up: TopUp) -> int:
    """Return what no other dispute has taken of it, in cents."""
    others = Chargeback.objects.standing().filter(top_up=top_up)
    return top_up.amount_cents - sum(others.values_list("amount_cents", flat=True))


def _party_of(chargeback: Chargeback) -> accounts.WalletOwner:
    assert chargeback.top_up_id is not None
    return TopUp.objects.with_payer().get(pk=chargeback.top_up_id).payer.party


def _taken(chargeback: Chargeback, wallet: Account) -> list[Entry]:
    disputed, provider = accounts.ours(AccountKind.DISPUTED), accounts.ours(AccountKind.PROVIDER)
    owed = accounts.receivable_of(_party_of(chargeback))
    entries = [
        Entry("wallet", wallet, disputed, chargeback.party_cents),
        Entry("receivable", owed, disputed, chargeback.receivable_cents),
        Entry("withdrawn", disputed, provider, chargeback.amount_cents),
    ]
    return [entry for entry in entries if entry.amount_cents]


def _returned(chargeback: Chargeback, wallet: Account) -> list[Entry]:
    disputed, provider = accounts.ours(AccountKind.DISPUTED), accounts.ours(AccountKind.PROVIDER)
    owed = accounts.receivable_of(_party_of(chargeback))
    entries = [
        Entry("reinstated", provider, disputed, chargeback.amount_cents),
        Entry("wallet", disputed, wallet, chargeback.party_cents),
        Entry("receivable", disputed, owed, chargeback.receivable_cents),
    ]
    return [entry for entry in entries if entry.amount_cents]
