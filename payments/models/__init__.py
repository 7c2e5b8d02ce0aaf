"""The rows of this room."""

from payments.models.entitlement import Entitlement, EntitlementQuerySet, Source

__all__ = ["Entitlement", "EntitlementQuerySet", "Source"]
