"""The payment of a top-up at the provider."""

from payments import card_payments
from payments.card_payments import Bill
from payments.models import TopUp
from payments.stripe_port import Intent


def bill_of(top_up: TopUp) -> Bill:
    """Return what a top-up's payment is for."""
    return Bill(
        row=top_up,
        row_id=top_up.public_id,
        payer=top_up.payer,
        amount_cents=top_up.amount_cents,
        currency=top_up.currency,
        description="Top-up of your wallet",
        made_at=top_up.created_at,
        method_id=top_up.method_id,
    )


def reach(top_up: TopUp, *, is_repeated: bool) -> Intent:
    """Return the payment of a top-up as it stands now, as `card_payments.reach` does."""
    return card_payments.reach(bill_of(top_up), is_repeated=is_repeated)
