"""The rows of this room."""

from catalog.models.listing import (
    Listing,
    ListingQuerySet,
    ListingState,
    Visibility,
    long_texts_of,
)
from catalog.models.transfer import ListingTransfer, TransferQuerySet, TransferState
from catalog.models.vendor import Vendor

__all__ = [
    "Listing",
    "ListingQuerySet",
    "ListingState",
    "ListingTransfer",
    "TransferQuerySet",
    "TransferState",
    "Vendor",
    "Visibility",
    "long_texts_of",
]
