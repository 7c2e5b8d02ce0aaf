"""A disputed card order: its money is held, what it gave is taken away, a win brings both back."""

from datetime import datetime

from catalog import pricing
from payments import accounts, card_refunds, entitlements, ledger
from payments.errors import PaymentMismatch
from payments.ledger import Entry
from payments.models import Account, AccountKind, Chargeback, Order


def take(chargeback: Chargeback, pk: int, *, now: datetime) -> None:
    """Take the parts of the price back from the seller and from our fees, and the entitlement.

    The fee's share is that of a refund of as much. A seller owes what they are not owed any more;
    what the provider takes beyond what is left of the order we bear. The caller holds the order's
    row. Raises PaymentMismatch for an order that no card has paid.
    """
    order = Order.objects.with_entitlement().get(pk=pk)
    if not order.is_paid:
        raise PaymentMismatch(order.public_id, chargeback.provider_id)
    part = min(chargeback.amount_cents, order.refundable_cents)
    fee = _fee_of(order, part)
    owed = Account.objects.filter(pk=accounts.payable_of(order.vendor).pk).locked().get()
    chargeback.order = order
    chargeback.fee_cents = fee
    chargeback.excess_cents = chargeback.amount_cents - part
    chargeback.receivable_cents = max(0, part - fee - owed.available_cents)
    chargeback.entitlement = entitlements.suspend(order, now=now)
    chargeback.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(
        disputed_cents=order.disputed_cents + part,
        disputed_fee_cents=order.disputed_fee_cents + fee,
    )
    ledger.post(chargeback.event, _taken(chargeback, owed), now=now)


def give_back(chargeback: Chargeback, *, now: datetime) -> None:
    """Reverse it to the cent, and give the buyer back what they had, unless they have it anew."""
    order = _order_of(chargeback)
    part = chargeback.amount_cents - chargeback.excess_cents
    Order.objects.filter(pk=order.pk).update(
        disputed_cents=order.disputed_cents - part,
        disputed_fee_cents=order.disputed_fee_cents - chargeback.fee_cents,
    )
    owed = accounts.payable_of(order.vendor)
    ledger.post(chargeback.return_event, _returned(chargeback, owed), now=now)
    disputes = Chargeback.objects.filter(order=order)
    taken = disputes.exclude(entitlement=None).select_related("entitlement").first()
    if taken and taken.entitlement and not disputes.standing().exists():
        entitlements.restore(taken.entitlement, now=now)
    card_refunds.after_dispute(order, now=now)


def keep(chargeback: Chargeback, *, now: datetime) -> None:
    """Let money and entitlement be gone: what a loss takes was taken when it was opened."""
    card_refunds.after_dispute(_order_of(chargeback), now=now)


def _order_of(chargeback: Chargeback) -> Order:
    assert chargeback.order_id is not None
    return Order.objects.with_listing().get(pk=chargeback.order_id)


def _fee_of(order: Order, part_cents: int) -> int:
    gone = order.refunded_cents + order.disputed_cents + part_cents
    fee = pricing.fee_within(order.fee_cents, part_cents=gone, price_cents=order.price_cents)
    return fee - order.refunded_fee_cents - order.disputed_fee_cents


def _taken(chargeback: Chargeback, owed: Account) -> list[Entry]:
    disputed, provider = accounts.ours(AccountKind.DISPUTED), accounts.ours(AccountKind.PROVIDER)
    fees, receivable = _others(chargeback)
    entries = [
        Entry("seller", owed, disputed, chargeback.party_cents),
        Entry("receivable", receivable, disputed, chargeback.receivable_cents),
        Entry("fee", fees, disputed, chargeback.fee_cents),
        Entry("excess", fees, disputed, chargeback.excess_cents),
        Entry("withdrawn", disputed, provider, chargeback.amount_cents),
    ]
    return [entry for entry in entries if entry.amount_cents]


def _returned(chargeback: Chargeback, owed: Account) -> list[Entry]:
    disputed, provider = accounts.ours(AccountKind.DISPUTED), accounts.ours(AccountKind.PROVIDER)
    fees, receivable = _others(chargeback)
    entries = [
        Entry("reinstated", provider, disputed, chargeback.amount_cents),
        Entry("seller", disputed, owed, chargeback.party_cents),
        Entry("receivable", disputed, receivable, chargeback.receivable_cents),
        Entry("fee", disputed, fees, chargeback.fee_cents),
        Entry("excess", disputed, fees, chargeback.excess_cents),
    ]
    return [entry for entry in entries if entry.amount_cents]


def _others(chargeback: Chargeback) -> tuple[Account, Account]:
    """Return our fees, and what the seller comes to owe."""
    vendor = _order_of(chargeback).vendor
    return accounts.ours(AccountKind.FEES), accounts.receivable_of(vendor)
