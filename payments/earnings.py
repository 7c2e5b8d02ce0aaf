"""What a vendor has earned: what may be paid out now, and what is still held and until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min, Sum

from catalog.models import Vendor
from payments import accounts, ledger
from payments.models import Order

# What is left of it, where some of the price is gone.
_SELLERS_PART = (
    F("price_cents")
    - F("fee_cents")
    - F("refunded_cents")
    + F("refunded_fee_cents")
    - F("disputed_cents")
    + F("disputed_fee_cents")
)


@dataclass(frozen=True, slots=True)
class Earnings:
    """In cents. next_at: when the first of what is held becomes available; None if nothing is."""

    owed_cents: int
    held_cents: int
    next_at: datetime | None

    @property
    def available_cents(self) -> int:
        """Return what may be paid out: never below zero, even where refunds took more."""
        return max(0, self.owed_cents - self.held_cents)


def of(vendor: Vendor, *, now: datetime) -> Earnings:
    """Return how a vendor stands at a moment."""
    held = Order.objects.paid().filter(vendor=vendor, available_at__gt=now)
    held = held.filter(refunded_cents__lt=F("price_cents"))
    sums = held.aggregate(cents=Sum(_SELLERS_PART), next_at=Min("available_at"))
    owed = ledger.balance_of(accounts.payable_of(vendor))
    return Earnings(owed, sums["cents"] or 0, sums["next_at"])


def available_cents(vendor: Vendor, *, now: datetime) -> int:
    """Return what may be paid out to a vendor at a moment, in cents."""
    return of(vendor, now=now).available_cents
