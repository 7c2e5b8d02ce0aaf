"""Disputes in tests: opened at the sandbox, as the owner of a card does at their bank."""

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from catalog.models import Listing
from payments import accounts, card_purchases, dispute_sweep, ledger, ledger_check, top_ups
from payments.ledger import Entry
from payments.models import AccountKind, Chargeback, Entitlement, Order, Posting, TopUp
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.paying import begun, pay


def paid(by: User, sandbox: PaymentSandbox) -> TopUp:
    """Let somebody pay a top-up at the provider; nobody here has asked about it since."""
    top_up = begun(Bearer(by, BUYER).client)
    pay(sandbox, top_up)
    return top_up


def filled(client: Client, sandbox: PaymentSandbox, cents: int = 1000) -> TopUp:
    """Top a wallet up by card; return the row once the money is there."""
    top_up = begun(client, cents)
    pay(sandbox, top_up)
    return top_ups.look(top_up, now=timezone.now())


def bought_by_card(client: Client, sandbox: PaymentSandbox, listing: Listing) -> Order:
    """Buy a listing with a card; return the order once it is paid."""
    asked = client.post(
        "/v1/purchases",
        {"listing": listing.name, "useWallet": False},
        content_type="application/json",
        headers={"Idempotency-Key": f"card-{Order.objects.count()}"},
    )
    order = Order.objects.with_buyer().get(public_id=asked.json()["orderId"])
    sandbox.control(f"intents/{order.intent_id}/pay")
    return card_purchases.look(order, now=timezone.now())


def dispute(sandbox: PaymentSandbox, intent_id: str | None, **form: str) -> str:
    """Dispute a payment; return the provider's id of that."""
    return str(sandbox.control(f"charges/{intent_id}/dispute", **form)["id"])


def decide(sandbox: PaymentSandbox, dispute_id: str, act: str) -> None:
    """Let the bank decide: win, lose or escalate; seen from the site."""
    sandbox.control(f"disputes/{dispute_id}/{act}")


def hear(dispute_id: str) -> None:
    """Let the site ask how a dispute stands, as an event or the sweep makes it do."""
    dispute_sweep.look(dispute_id, now=timezone.now())


def opened(sandbox: PaymentSandbox, top_up: TopUp, **form: str) -> Chargeback:
    """Dispute a top-up, and let the site know of it; return the row."""
    dispute_id = dispute(sandbox, top_up.intent_id, **form)
    hear(dispute_id)
    return Chargeback.objects.get(provider_id=dispute_id)


def ended(sandbox: PaymentSandbox, chargeback: Chargeback, act: str) -> Chargeback:
    """Let the bank decide, and let the site know of it; return the row."""
    decide(sandbox, chargeback.provider_id, act)
    hear(chargeback.provider_id)
    return Chargeback.objects.get(pk=chargeback.pk)


def spend(party: User | Organization, cents: int) -> None:
    """Let money leave a wallet for good."""
    with transaction.atomic():
        entry = Entry("part", accounts.wallet_of(party), accounts.ours(AccountKind.FEES), cents)
        ledger.post(f"test:{Posting.objects.count()}", [entry], now=timezone.now())


def owed(party: accounts.Party) -> int:
    """Return what somebody owes us, in cents."""
    return -ledger.balance_of(accounts.receivable_of(party))


def is_frozen(party: User | Organization) -> bool:
    """Tell whether nothing can be paid from a wallet."""
    return accounts.wallet_of(party).is_frozen


def clearing_cents() -> int:
    """Return what the ledger has at the provider, as the sandbox counts it, in cents."""
    return -ledger.balance_of(accounts.ours(AccountKind.PROVIDER))


def faults() -> list[str]:
    """Return what is wrong with the books."""
    return [f"{fault.who}: {fault.rule}" for fault in ledger_check.faults()]


def again(order: Order) -> Order:
    """Return an order as it is now."""
    return Order.objects.select_related("listing", "vendor").get(pk=order.pk)


def balances(order: Order) -> tuple[int, int]:
    """Return what the seller is owed, and our fees."""
    payable, fees = accounts.payable_of(order.vendor), accounts.ours(AccountKind.FEES)
    return ledger.balance_of(payable), ledger.balance_of(fees)


def pay_out(order: Order, cents: int) -> None:
    """Let money go to the seller as payouts do, without a provider that could."""
    payable, transit = accounts.payable_of(order.vendor), accounts.ours(AccountKind.IN_TRANSIT)
    with transaction.atomic():
        ledger.post("test:paid", [Entry("part", payable, transit, cents)], now=timezone.now())


def has_it(order: Order) -> bool:
    """Tell whether its buyer has what an order has paid for."""
    return Entitlement.objects.active().filter(order=order).exists()
