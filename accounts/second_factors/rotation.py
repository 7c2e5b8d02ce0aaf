"""Writes what is stored of second factors anew, with the first key of the settings."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.errors import SecretUnreadable
from accounts.second_factors import encryption

# The column of each kind that holds a secret; passkeys store public keys only.
_SECRETS = {
    Authenticator.Type.TOTP: "secret",
    Authenticator.Type.RECOVERY_CODES: "seed",
}


@dataclass(slots=True)
class Rotated:
    """How many rows were written anew or would be, were current, or could not be read."""

    renewed: int = 0
    current: int = 0
    unreadable: int = 0


def rotate(*, dry_run: bool) -> Rotated:
    """Write every secret that another key has written with the first one; may run at any time."""
    counts = Rotated()
    holding = Authenticator.objects.filter(type__in=_SECRETS)
    for pk in holding.order_by("pk").values_list("pk", flat=True).iterator():
        _rotate_one(pk, counts, dry_run=dry_run)
    return counts


@transaction.atomic
def _rotate_one(pk: int, counts: Rotated, *, dry_run: bool) -> None:
    row: Any = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:  # removed meanwhile
        return
    column = _SECRETS[row.type]
    if encryption.is_current(row.data[column]):
        counts.current += 1
        return
    try:
        secret = encryption.decrypt(row.data[column])
    except SecretUnreadable:
        counts.unreadable += 1
        return
    counts.renewed += 1
    if not dry_run:
        row.data[column] = encryption.encrypt(secret)
        row.save(update_fields=["data"])
