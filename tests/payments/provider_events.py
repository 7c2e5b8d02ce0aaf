"""Events of the payment provider as tests send them: signed as its own, or nearly so."""

import json
import time
from datetime import datetime
from typing import Any

from django.test import Client

from payments.models import ProviderEvent
from payments.sandbox import courier
from tests.fakes.payment_sandbox import WEBHOOK_SECRET

PATH = "/webhooks/stripe"


def event(kind: str = "payment_intent", object_id: str = "pi_1", **facts: Any) -> dict[str, Any]:
    """Return an event about an object."""
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "type": f"{kind}.succeeded",
        "created": 1_780_000_000,
        "data": {"object": {"id": object_id, "object": kind}},
    } | facts


def send(
    said: dict[str, Any] | bytes, *, secret: str = WEBHOOK_SECRET, at: datetime | None = None
) -> Any:
    """Send an event to the site as the provider does; return the answer."""
    body = said if isinstance(said, bytes) else json.dumps(said, indent=2).encode()
    moment = int(at.timestamp() if at else time.time())
    return Client().post(
        PATH,
        body,
        content_type="application/json; charset=utf-8",
        headers={"Stripe-Signature": courier.signature(body, secret, at=moment)},
    )


def kept() -> ProviderEvent:
    """Return the one event that is here."""
    return ProviderEvent.objects.get()
