"""What the refusals of `catalog` become."""

from http import HTTPStatus

from django.conf import settings
from django.urls import reverse

from catalog import errors as catalog_errors
from mog_site.errors.rules import INVALID_CURSOR, INVALID_FIELD, Rule, Table, retry_after


def _vendor_url() -> str:
    """Return the page where a person begins to sell."""
    return f"{settings.SITE_URL}{reverse('new_vendor')}"


RULES: Table = {
    catalog_errors.VendorNotFound: Rule(
        HTTPStatus.NOT_FOUND,
        "vendor_not_found",
        "You do not sell under this name. Take it on the page `details.createUrl` names, or check"
        " its spelling.",
        details=lambda error: {"vendor": error.slug, "createUrl": _vendor_url()},
    ),
    catalog_errors.InvalidVendor: INVALID_FIELD,
    catalog_errors.InvalidListing: INVALID_FIELD,
    catalog_errors.ListingRetired: Rule(
        HTTPStatus.CONFLICT,
        "listing_retired",
        "This listing was retired and takes no more releases. Publish under another name.",
    ),
    catalog_errors.NotItsSeller: Rule(
        HTTPStatus.FORBIDDEN,
        "not_its_seller",
        "This package was handed over to another vendor, and only who sells it now may do this.",
        details=lambda error: {"listing": error.name},
    ),
    catalog_errors.InvalidTransfer: INVALID_FIELD,
    catalog_errors.NotTransferable: Rule(
        HTTPStatus.CONFLICT,
        "not_transferable",
        "This listing cannot change hands as it stands; `details.reason` says why.",
        details=lambda error: {"reason": error.reason},
    ),
    catalog_errors.TransferOpen: Rule(
        HTTPStatus.CONFLICT,
        "transfer_open",
        "This listing is offered to somebody already. Call that offer back first.",
    ),
    catalog_errors.TransferEnded: Rule(
        HTTPStatus.CONFLICT,
        "transfer_ended",
        "This offer is not open any more; `details.state` says how it stands.",
        details=lambda error: {"state": error.state},
    ),
    catalog_errors.TransferLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many packages offered today. Wait as many seconds as `Retry-After` says.",
        headers=retry_after,
    ),
    catalog_errors.TypeChanged: Rule(
        HTTPStatus.CONFLICT,
        "type_changed",
        "A package keeps its type. Publish this one under another name.",
        details=lambda error: {"was": error.was, "becomes": error.becomes},
    ),
    catalog_errors.InvalidPosition: INVALID_CURSOR,
}
