"""Buying by card in tests: asked for through the API, paid at the sandbox."""

import itertools
from typing import Any

from django.test import Client
from django.utils import timezone

from catalog.models import Listing
from payments import (
    card_purchase_outcomes,
    payers,
    stripe_port,
)
from payments.models import (
    Order,
)
from payments.pending import SUBJECT
from payments.stripe_port import Charge, Intent
from tests.fakes.payment_sandbox import PaymentSandbox

_KEYS = itertools.count()


def ask(client: Client, listing: Listing, *, key: str = "", **more: object) -> Any:
    return client.post(
        "/v1/purchases",
        {"listing": listing.name, "useWallet": False, **more},
        content_type="application/json",
        headers={"Idempotency-Key": key or f"card-{next(_KEYS)}"},
    )


def begun(client: Client, listing: Listing) -> Order:
    answer = ask(client, listing)
    assert answer.status_code == 202, answer.json()
    return Order.objects.with_buyer().get(public_id=answer.json()["orderId"])


def pay(sandbox: PaymentSandbox, order: Order, act: str = "pay", **form: str) -> None:
    sandbox.control(f"intents/{order.intent_id}/{act}", **form)


def shown(order: Order) -> Intent:
    return stripe_port.retrieve_intent(order.intent_id or "")


def settle(order: Order) -> Order:
    card_purchase_outcomes.bear(order.public_id, shown(order), now=timezone.now())
    return Order.objects.with_buyer().get(pk=order.pk)


def second_payment(order: Order) -> Intent:
    """Make another payment for an order, as an attempt that nobody heard of would."""
    customer_id = payers.customer_of(payers.payer_of(order.buyer))
    charge = Charge(
        amount_cents=order.price_cents,
        currency="USD",
        customer_id=customer_id,
        metadata={SUBJECT: order.public_id},
    )
    return stripe_port.create_intent(charge, key=f"{order.public_id}:another")
