"""The `state` of a sign-in with a provider: signed, bound to one browser, good once (RFC 9700 4.7).

A state is `provider.nonce.issued.bound.mac`. `bound` ties it to a random value in the server-side
session of the browser that started; `mac` shows that this site made it, for this provider.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.errors import StateRefused

LIFETIME = timedelta(minutes=10)


class StateFault(StrEnum):
    """Why a state is refused; the words stand in the audit trail."""

    MISSING = "missing"
    TAMPERED = "tampered"
    OTHER_PROVIDER = "other_provider"
    LATE = "late"
    FOREIGN = "foreign"
    REPLAYED = "replayed"
    # Genuine, yet the session no longer keeps what belongs to it.
    FORGOTTEN = "forgotten"


def new_binding() -> str:
    """Return a value for the session of a browser that starts to sign in (256 bit)."""
    return secrets.token_urlsafe(32)


def issue(provider_id: str, *, binding: str, now: datetime) -> str:
    """Return a fresh state for one round trip to a provider."""
    nonce = secrets.token_urlsafe(16)
    signed = f"{provider_id}.{nonce}.{int(now.timestamp())}.{_bound(nonce, binding)}"
    return f"{signed}.{_mac(signed)}"


def redeem(state: str, *, provider_id: str, binding: str, now: datetime) -> None:
    """Use up the state a callback brings; every comparison of a secret takes constant time.

    `binding` is what the browser's session holds, empty when it holds none.
    Raises StateRefused.
    """
    if not state:
        raise StateRefused(StateFault.MISSING)
    signed, _, mac = state.rpartition(".")
    if not constant_time_compare(mac, _mac(signed)):
        raise StateRefused(StateFault.TAMPERED)
    # Genuine, so it has the parts it was made of.
    issued_for, nonce, issued, bound = signed.rsplit(".", 3)
    if issued_for != provider_id:
        raise StateRefused(StateFault.OTHER_PROVIDER)
    if now.timestamp() - int(issued) > LIFETIME.total_seconds():
        raise StateRefused(StateFault.LATE)
    if not binding or not constant_time_compare(bound, _bound(nonce, binding)):
        raise StateRefused(StateFault.FOREIGN)
    # `add` counts exactly across processes: of two callbacks with one state, one gets in.
    if not cache.add(f"oauth-state:{nonce}", 1, timeout=LIFETIME.total_seconds() + 60):
        raise StateRefused(StateFault.REPLAYED)


def _bound(nonce: str, binding: str) -> str:
    return _hmac("binding", f"{nonce}.{binding}")


def _mac(signed: str) -> str:
    return _hmac("state", signed)


def _hmac(purpose: str, text: str) -> str:
    return salted_hmac(f"accounts.oauth_state.{purpose}", text, algorithm="sha256").hexdigest()
