"""What money still ties an organization to the marketplace, so that it cannot be deleted yet."""

from collections.abc import Iterator
from enum import StrEnum

from django.db.models import Q

from accounts.models import Organization
from payments.models import (
    Account,
    AccountKind,
    Chargeback,
    Order,
    Payout,
    PayoutState,
    TopUp,
)

_SETTLED = (PayoutState.PAID, PayoutState.CANCELED)


class Tie(StrEnum):
    """One reason. Each can be undone by somebody, or ends by itself."""

    WALLET_BALANCE = "wallet_balance"
    PENDING_PAYMENTS = "pending_payments"
    UNPAID_EARNINGS = "unpaid_earnings"
    OPEN_DISPUTES = "open_disputes"


def ties_of(organization: Organization) -> Iterator[Tie]:
    """Yield what holds an organization, in the order in which its owner should look at it."""
    balances = Account.objects.filter(balance_cents__gt=0)
    if balances.filter(organization=organization, kind=AccountKind.WALLET).exists():
        yield Tie.WALLET_BALANCE
    # Also one that was declined, while another card may pay it.
    top_ups = TopUp.objects.open().filter(payer__organization=organization)
    orders = Order.objects.open().filter(organization=organization)
    if top_ups.exists() or orders.exists():
        yield Tie.PENDING_PAYMENTS
    owed = balances.filter(vendor__organization=organization, kind=AccountKind.PAYABLE)
    payouts = Payout.objects.filter(vendor__organization=organization)
    if owed.exists() or payouts.exclude(state__in=_SETTLED).exists():
        yield Tie.UNPAID_EARNINGS
    concerned = (
        Q(top_up__payer__organization=organization)
        | Q(order__organization=organization)
        | Q(order__vendor__organization=organization)
    )
    if Chargeback.objects.open().filter(concerned).exists():
        yield Tie.OPEN_DISPUTES
