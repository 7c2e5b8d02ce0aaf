"""Which second factors somebody has."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.models import User


class FactorKind(StrEnum):
    """What a second factor is; the words stand in the audit trail."""

    APP = "authenticator_app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey as its person sees it."""

    public_id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Everything somebody has; `codes_left` counts recovery codes nobody has used."""

    has_app: bool
    app_added_at: datetime | None
    app_last_used_at: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def is_on(self) -> bool:
        """Tell whether signing in asks for a second factor."""
        return self.has_app or bool(self.passkeys)


def has_second_factor(user: User) -> bool:
    """Tell whether signing in asks this person for a second factor; one query.

    Recovery codes alone are none: they stand in for a factor that was lost.
    """
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found: bool = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    return found


def owned_by(user: User) -> Owned:
    """Return what somebody has; one query."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    apps = [row for row in rows if row.type == Authenticator.Type.TOTP]
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    app = apps[0] if apps else None
    return Owned(
        has_app=app is not None,
        app_added_at=app.created_at if app else None,
        app_last_used_at=app.last_used_at if app else None,
        passkeys=tuple(_passkey(row) for row in rows if row.type == Authenticator.Type.WEBAUTHN),
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
    )


def _passkey(row: Any) -> Passkey:
    return Passkey(
        public_id=row.data["public_id"],
        name=row.data["name"],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
