"""What is signed, and with which key.

Every MAC is HMAC-SHA-256 over the RFC 8785 canonical JSON of a flat object, as 64 hexadecimal
characters. `kind` stands in each object, so that no MAC can serve in another place.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import rfc8785
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from audit.models import Event, Seal, Tombstone

# Before the first link of a chain.
GENESIS = "0" * 64


def canonical(value: object) -> str:
    """Return RFC 8785 canonical JSON; raises ValueError for what JSON cannot say."""
    return rfc8785.dumps(value).decode()  # type: ignore[arg-type]  # its own recursive alias


def of_event(event: "Event") -> str:
    """Return the MAC an event must carry."""
    return _mac(
        settings.AUDIT_EVENT_KEY,
        {
            "kind": "event",
            "uid": event.uid,
            "chain": event.chain,
            "action": event.action,
            "at": _moment(event.at),
            "actor_kind": event.actor_kind,
            "actor_id": event.actor_id,
            "credential_id": event.credential_id,
            "organization_id": event.organization_id,
            "subject": event.subject,
            "request_id": event.request_id,
            "data": event.data,
        },
    )


def of_seal(seal: "Seal") -> str:
    """Return the MAC a link must carry."""
    return _mac(
        _seal_key(),
        {
            "kind": "seal",
            "chain": seal.chain,
            "sequence": seal.sequence,
            "event_uid": seal.event_uid,
            "event_mac": seal.event_mac,
            "previous_mac": seal.previous_mac,
            "sealed_at": _moment(seal.sealed_at),
        },
    )


def of_tombstone(tombstone: "Tombstone") -> str:
    """Return the MAC a tombstone must carry."""
    return _mac(
        _seal_key(),
        {
            "kind": "tombstone",
            "chain": tombstone.chain,
            "first_sequence": tombstone.first_sequence,
            "last_sequence": tombstone.last_sequence,
            "first_previous_mac": tombstone.first_previous_mac,
            "last_mac": tombstone.last_mac,
            "purged_at": _moment(tombstone.purged_at),
        },
    )


def of_anchor(*, chain: str, sequence: int, mac: str, at: str) -> str:
    """Return the signature of a chain's head as it is kept outside the database."""
    return _mac(
        _seal_key(),
        {"kind": "anchor", "chain": chain, "sequence": sequence, "mac": mac, "at": at},
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _seal_key() -> str:
    # Only the worker that seals has it; the web processes cannot forge a chain.
    if not settings.AUDIT_SEAL_KEY:
        raise ImproperlyConfigured("AUDIT_SEAL_KEY is not set in this process")
    return str(settings.AUDIT_SEAL_KEY)


def _mac(key: str, value: Mapping[str, object]) -> str:
    return hmac.new(key.encode(), canonical(value).encode(), hashlib.sha256).hexdigest()
