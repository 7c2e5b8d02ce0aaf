"""Buying through the API in tests."""

from uuid import uuid4

from django.test import Client

from catalog.models import Listing
from payments.models import Entitlement, Order, Posting

PURCHASES = "/v1/purchases"


def buy(
    client: Client, listing: Listing, *, key: str | None = "", **body: object
) -> tuple[int, dict[str, object]]:
    """Buy under a key of its own; return status and answer."""
    headers = {"Idempotency-Key": key or str(uuid4())} if key is not None else {}
    answer = client.post(
        PURCHASES,
        {"listing": listing.name} | body,
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def nothing_happened() -> bool:
    """Tell that nobody has bought anything."""
    bought = Order.objects.exists() or Entitlement.objects.exists()
    return not bought and not Posting.objects.filter(event__startswith="order:").exists()
