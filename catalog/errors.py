"""What the catalog refuses, as exceptions with data and without HTTP.

CatalogError
├── VendorNotFound          nobody sells under that name, or not the actor
├── InvalidVendor           a vendor cannot be that
├── InvalidListing          a listing cannot be that
├── ListingRetired          it takes no more releases
├── NotItsSeller            somebody else sells what carries the actor's name
├── TypeChanged             a package cannot become one of another type
├── InvalidTransfer         a listing cannot be offered to that vendor
├── NotTransferable         a listing cannot change hands as it stands
├── TransferOpen            it is offered to somebody already
├── TransferEnded           an offer was answered, called back, or has lapsed
├── TransferLimitReached    the vendor has offered as much as a day allows
└── InvalidPosition         a search cannot go on from there
"""

from datetime import timedelta


class CatalogError(Exception):
    """Anything the catalog refuses."""


class VendorNotFound(CatalogError):
    """There is no vendor of that name that the actor may sell under."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class InvalidVendor(CatalogError):
    """A vendor cannot be what was asked; says which field and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class InvalidListing(CatalogError):
    """A listing cannot be what was asked; says which field and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class ListingRetired(CatalogError):
    """The listing takes no more releases."""


class NotItsSeller(CatalogError):
    """The package carries the actor's name, but was handed over to another vendor."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class TypeChanged(CatalogError):
    """A package cannot become one of another type: whoever has it installed it as what it was."""

    def __init__(self, *, was: str, becomes: str) -> None:
        super().__init__(f"{was} cannot become {becomes}")
        self.was = was
        self.becomes = becomes


class InvalidTransfer(CatalogError):
    """A listing cannot be offered to that vendor; says which field and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class NotTransferable(CatalogError):
    """A listing cannot change hands.

    reason: `not_on_shelf`, `private`, `another_seller` who sells it by now, or `offerer_left`: who
    offered it may not do so any more.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TransferOpen(CatalogError):
    """The listing is offered to somebody already, who has not answered."""


class TransferEnded(CatalogError):
    """The offer is not open any more; `state` says how it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = str(state)


class TransferLimitReached(CatalogError):
    """The vendor may offer again after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"wait {retry_after}")
        self.retry_after = retry_after


class InvalidPosition(CatalogError):
    """The cursor was not issued for this search."""
