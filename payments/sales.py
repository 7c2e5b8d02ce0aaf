"""What a seller has sold: each sale with its parts, and the day from which it may be paid out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.actor import Actor
from payments.models import ChargebackState, Order, OrderQuerySet
from payments.models.chargeback import state_of


class HoldReason(StrEnum):
    """Why a sale cannot be paid out yet."""

    DISPUTED = "disputed"
    RECENT_SALE = "recent_sale"


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale as its seller sees it; who bought is not theirs to know."""

    order: Order
    hold_reason: HoldReason | None
    dispute_state: ChargebackState | None


def sales_of(actor: Actor) -> OrderQuerySet:
    """Return the paid orders of the vendors that an actor sells under."""
    return Order.objects.sold_by(actor).paid().with_listing().with_disputes()


def sale_of(order: Order, *, now: datetime) -> Sale:
    """Return a sale with what holds it back."""
    dispute_state = state_of(order)
    return Sale(order, _held_by(order, dispute_state, now=now), dispute_state)


def _held_by(
    order: Order, dispute_state: ChargebackState | None, *, now: datetime
) -> HoldReason | None:
    if dispute_state == ChargebackState.OPEN:
        return HoldReason.DISPUTED
    return None if order.is_available(now=now) else HoldReason.RECENT_SALE
