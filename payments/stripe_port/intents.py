"""Payments: started, looked at, called off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stripe.params import (
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentListParamsCreated,
)

from payments.stripe_port.border import PAGE_SIZE, provider_call
from payments.stripe_port.values import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is to be paid, by whom and for what.

    `statement_suffix` is what a card statement adds to the site's name, at most 22 characters with
    it. `transfer_group` ties the payment to transfers. `metadata` comes back with every event.
    """

    amount_cents: int
    currency: str
    customer_id: str
    description: str = ""
    statement_suffix: str = ""
    transfer_group: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def create_intent(charge: Charge, *, key: str, saves_method: bool = False) -> Intent:
    """Start a payment that its payer confirms in the browser.

    `saves_method` keeps the card for payments of its owner's absence.
    """
    params = _params(charge)
    if saves_method:
        params["setup_future_usage"] = "off_session"
    with provider_call() as client:
        return Intent.of(client.v1.payment_intents.create(params, {"idempotency_key": key}))


def charge_saved_method(charge: Charge, *, payment_method_id: str, key: str) -> Intent:
    """Take a payment from a saved card while its owner is away.

    Raises ProviderDeclined or AuthenticationRequired, both with the intent that remains.
    """
    params = _params(charge)
    params["payment_method"] = payment_method_id
    params["off_session"] = True
    params["confirm"] = True
    with provider_call() as client:
        return Intent.of(client.v1.payment_intents.create(params, {"idempotency_key": key}))


def retrieve_intent(intent_id: str) -> Intent:
    """Return a payment as it stands now."""
    with provider_call() as client:
        return Intent.of(client.v1.payment_intents.retrieve(intent_id))


def cancel_intent(intent_id: str, *, key: str) -> Intent:
    """Call a payment off; raises ProviderRefused when it went through or was called off before."""
    with provider_call() as client:
        return Intent.of(client.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))


def list_intents(
    *,
    customer_id: str | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> tuple[Intent, ...]:
    """Return payments, newest first."""
    params: PaymentIntentListParams = {"limit": PAGE_SIZE}
    if customer_id:
        params["customer"] = customer_id
    created: PaymentIntentListParamsCreated = {}
    if created_from:
        created["gte"] = int(created_from.timestamp())
    if created_before:
        created["lt"] = int(created_before.timestamp())
    if created:
        params["created"] = created
    with provider_call() as client:
        listed = client.v1.payment_intents.list(params)
        return tuple(Intent.of(raw) for raw in listed.auto_paging_iter())


def _params(charge: Charge) -> PaymentIntentCreateParams:
    params: PaymentIntentCreateParams = {
        "amount": charge.amount_cents,
        "currency": charge.currency.lower(),
        "customer": charge.customer_id,
        "allowed_payment_method_types": ["card"],
        "metadata": dict(charge.metadata),
    }
    if charge.description:
        params["description"] = charge.description
    if charge.statement_suffix:
        params["statement_descriptor_suffix"] = charge.statement_suffix
    if charge.transfer_group:
        params["transfer_group"] = charge.transfer_group
    return params
