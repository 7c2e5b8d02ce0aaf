"""Codes of an authenticator app: six digits, new every thirty seconds (TOTP, RFC 6238)."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from urllib.parse import quote, urlencode, urlsplit

import qrcode
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from qrcode.constants import ERROR_CORRECT_M

from accounts.actor import Actor
from accounts.errors import StaleForm, WrongCode
from accounts.models import User
from accounts.second_factors import additions, encryption
from accounts.second_factors.owned import FactorKind

_PERIOD = 30  # seconds (RFC 6238 section 5.2)
# One step to either side, for clocks that differ and people who type slowly (section 6).
_STEPS = (0, -1, 1)
# Light modules around the code (ISO/IEC 18004 section 9.1).
_QUIET_ZONE = 4


class Outcome(Enum):
    """What became of a code."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    REPLAYED = "replayed"


def new_secret() -> str:
    """Return a secret of 160 bits in base32, as RFC 4226 section 4 recommends."""
    secret: str = totp.generate_totp_secret()
    return secret


def uri(secret: str, *, user: User) -> str:
    """Return what an app reads: who the secret is for, and of which site."""
    site = urlsplit(settings.SITE_URL).hostname or "mog"
    label = f"{quote(site)}:{quote(user.username)}"
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': site})}"


def qr_path(text: str) -> tuple[int, str]:
    """Return a text as a QR code: how many modules wide, and the path of an SVG that draws it."""
    code = qrcode.QRCode(border=_QUIET_ZONE, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    dark = (
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_on in enumerate(row) if is_on
    )
    return len(matrix), "".join(dark)


@transaction.atomic
def add(secret: str, digits: str, *, by: Actor, now: datetime) -> list[str]:
    """Set up the app that shows `digits` for `secret`; return recovery codes if it is the first.

    Raises StepUpRequired, WrongCode, or StaleForm when the account has an app already.
    """
    user = by.require_step_up()
    counter = _counter_of(secret, digits, now=now)
    if counter is None:
        # Nothing to guess here: whoever types it was shown the secret.
        raise WrongCode(attempts_left=settings.SECOND_FACTOR_ATTEMPTS)
    is_first = additions.begin(user)
    kind = Authenticator.Type.TOTP
    if Authenticator.objects.filter(user=user, type=kind).exists():
        raise StaleForm
    # The code typed here is used: it opens nothing later.
    data = {"secret": encryption.encrypt(secret), "last_counter": counter}
    Authenticator.objects.create(user=user, type=kind, data=data, created_at=now)
    return additions.complete(FactorKind.APP, is_first=is_first, by=by, now=now)


@transaction.atomic
def check(digits: str, *, user: User, now: datetime) -> Outcome:
    """Use up a code of the user's app.

    Each counter is taken once, and none before one that was taken (RFC 6238 section 5.2): the row
    is held, so of two who bring the same code at once, one gets in.
    """
    kind = Authenticator.Type.TOTP
    row = Authenticator.objects.select_for_update().filter(user=user, type=kind).first()
    if row is None:
        return Outcome.WRONG
    counter = _counter_of(encryption.decrypt(row.data["secret"]), digits, now=now)
    if counter is None:
        return Outcome.WRONG
    if counter <= row.data.get("last_counter", -1):
        return Outcome.REPLAYED
    row.data["last_counter"] = counter
    row.last_used_at = now
    row.save(update_fields=["data", "last_used_at"])
    return Outcome.ACCEPTED


def _counter_of(secret: str, digits: str, *, now: datetime) -> int | None:
    """Return the step whose code this is, None for no step near now."""
    matching = [
        counter
        for counter in _counters(now)
        if constant_time_compare(totp.format_hotp_value(totp.hotp_value(secret, counter)), digits)
    ]
    return max(matching, default=None)


def _counters(now: datetime) -> Iterator[int]:
    current = int(now.timestamp()) // _PERIOD
    return (current + step for step in _STEPS)
