"""What a seller has sold: each sale with its parts, and the day from which it may be paid out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.actor import Actor
from payments.models import Order, OrderQuerySet


class HoldReason(StrEnum):
    """Why a sale cannot be paid out yet."""

    RECENT_SALE = "recent_sale"


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale as its seller sees it; who bought is not theirs to know."""

    order: Order
    hold_reason: HoldReason | None


def sales_of(actor: Actor) -> OrderQuerySet:
    """Return the paid orders of the vendors that an actor sells under."""
    return Order.objects.sold_by(actor).paid().with_listing()


def sale_of(order: Order, *, now: datetime) -> Sale:
    """Return a sale with what holds it back."""
    return Sale(order, None if order.is_available(now=now) else HoldReason.RECENT_SALE)
