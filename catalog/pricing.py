"""What a price is divided into: the one place where money is rounded."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Split:
    """A price in cents, and who gets what of it: together the parts are the price."""

    price_cents: int
    fee_cents: int

    @property
    def seller_cents(self) -> int:
        """Return what the seller gets."""
        return self.price_cents - self.fee_cents


def split(price_cents: int) -> Split:
    """Divide a price: the marketplace's percentage, half a cent up, and the rest is the seller's.

    Raises ValueError for a price below zero.
    """
    if price_cents < 0:
        raise ValueError("no price is below zero")
    percent: int = settings.PLATFORM_FEE_PERCENT
    return Split(price_cents, (price_cents * percent + 50) // 100)


def fee_within(fee_cents: int, *, part_cents: int, price_cents: int) -> int:
    """Return how much of a fee belongs to a part of its price, half a cent up.

    Of the whole price it is the whole fee, so parts that are taken from here, each the difference
    to the one before, add up.
    """
    return (2 * fee_cents * part_cents + price_cents) // (2 * price_cents)
