"""What everybody does at once who buys one listing by card (`tests.racing`)."""

import json

from django.test import Client
from django.utils import timezone

from payments import card_refunds, reconciliation
from payments.models import CardRefund, Order


def ask(number: int, authorization: str, listing: str) -> str:
    """Begin the purchase under a key of one's own; return the order, or the refusal."""
    answer = Client(headers={"Authorization": authorization}).post(
        "/v1/purchases",
        {"listing": listing, "useWallet": False},
        content_type="application/json",
        headers={"Idempotency-Key": f"racer-{number}"},
    )
    said = json.loads(answer.content)
    return str(said.get("orderId") or said["code"])


def look(number: int, public_id: str) -> str:
    """Ask the provider how it stands, as the page and reconciliation do."""
    order = Order.objects.get(public_id=public_id)
    if number % 2:
        reconciliation.compare_and_mend(
            since=order.created_at, until=timezone.now(), now=timezone.now()
        )
    elif order.check_at:
        reconciliation.reconcile("ord", order.pk, now=max(order.check_at, timezone.now()))
    return "looked"


def send_back(_number: int) -> str:
    """Ask the provider to give the payment back."""
    card_refunds.send(CardRefund.objects.get().pk)
    return "sent"
