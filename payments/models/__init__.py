"""The rows of this room."""

from payments.models.account import TRACKED, Account, AccountKind
from payments.models.entitlement import Entitlement, EntitlementQuerySet, Source
from payments.models.idempotency_key import IdempotencyKey, IdempotencyKeyQuerySet
from payments.models.posting import Posting

__all__ = [
    "TRACKED",
    "Account",
    "AccountKind",
    "Entitlement",
    "EntitlementQuerySet",
    "IdempotencyKey",
    "IdempotencyKeyQuerySet",
    "Posting",
    "Source",
]
