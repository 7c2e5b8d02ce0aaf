"""The first part of addresses that belong to a vendor: no name that the site keeps for itself."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from accounts.reserved_names import RESERVED


class VendorPath(StringConverter):
    """A vendor's slug. A reserved one is no match: `/v1/missing` is nobody's, without a query."""

    regex = "[a-z0-9][a-z0-9-]{1,31}"

    def to_python(self, value: str) -> str:
        """Return the slug; raises ValueError for one that nobody can have."""
        if value in RESERVED:
            raise ValueError(value)
        return value


register_converter(VendorPath, "vendor")
