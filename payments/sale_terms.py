"""On what terms somebody may pay for a listing at this moment, spend policies aside."""

from dataclasses import dataclass

from django.conf import settings

from accounts.actor import Actor
from catalog.models import Listing
from payments.errors import (
    NotOffered,
    OwnListing,
    PaymentUnavailable,
    PriceAboveLimit,
    SellerChanged,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for: a listing by its name, the most that they would pay, and the quote
    that locks its price, if they have one.
    """

    listing: str
    max_price_cents: int | None = None
    quote_id: str = ""


def look_again(listing: Listing) -> None:
    """Read how a listing is offered now, and its latest release, after the accounts are held.

    Raises SellerChanged: then they are the wrong ones, and the buyer has agreed to another seller.
    """
    seller = listing.vendor
    listing.refresh_from_db(
        fields=["state", "visibility", "price_cents", "vendor", "runs_code", "released_at"]
    )
    if listing.vendor_id != seller.pk:
        raise SellerChanged
    listing.vendor = seller


def require_for_sale(
    listing: Listing, *, price_cents: int, max_price_cents: int | None, by: Actor
) -> None:
    """Raise PaymentUnavailable, NotOffered, OwnListing or PriceAboveLimit unless this actor may
    have a listing at a price.
    """
    if price_cents and not settings.PAYMENTS_ENABLED:
        raise PaymentUnavailable(price_cents)
    if not listing.is_offered:
        raise NotOffered
    if listing.vendor.is_of_party(by):
        raise OwnListing
    if max_price_cents is not None and price_cents > max_price_cents:
        raise PriceAboveLimit(price_cents=price_cents, limit_cents=max_price_cents)
