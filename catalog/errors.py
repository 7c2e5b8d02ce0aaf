"""What the catalog refuses, as exceptions with data and without HTTP.

CatalogError
├── VendorNotFound          nobody sells under that name, or not the actor
├── InvalidVendor           a vendor cannot be that
├── InvalidListing          a listing cannot be that
├── ListingRetired          it takes no more releases
├── TypeChanged             a package cannot become one of another type
└── InvalidPosition         a search cannot go on from there
"""


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


class TypeChanged(CatalogError):
    """A package cannot become one of another type: whoever has it installed it as what it was."""

    def __init__(self, *, was: str, becomes: str) -> None:
        super().__init__(f"{was} cannot become {becomes}")
        self.was = was
        self.becomes = becomes


class InvalidPosition(CatalogError):
    """The cursor was not issued for this search."""
