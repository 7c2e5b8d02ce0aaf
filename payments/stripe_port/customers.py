"""Payers and the cards they have saved."""

from collections.abc import Mapping

from stripe.params import CustomerCreateParams, PaymentMethodListParams, SetupIntentCreateParams

from payments.stripe_port.border import PAGE_SIZE, provider_call
from payments.stripe_port.values import Customer, PaymentMethod, SetupIntent


def create_customer(*, email: str, name: str, metadata: Mapping[str, str], key: str) -> Customer:
    """Make a payer known to the provider."""
    params: CustomerCreateParams = {"name": name, "metadata": dict(metadata)}
    if email:
        params["email"] = email
    with provider_call() as client:
        return Customer.of(client.v1.customers.create(params, {"idempotency_key": key}))


def create_setup_intent(*, customer_id: str, metadata: Mapping[str, str], key: str) -> SetupIntent:
    """Start saving a card; its owner enters it in the browser."""
    params: SetupIntentCreateParams = {
        "customer": customer_id,
        "usage": "off_session",
        "allowed_payment_method_types": ["card"],
        "metadata": dict(metadata),
    }
    with provider_call() as client:
        return SetupIntent.of(client.v1.setup_intents.create(params, {"idempotency_key": key}))


def retrieve_setup_intent(setup_intent_id: str) -> SetupIntent:
    """Return how saving a card stands."""
    with provider_call() as client:
        return SetupIntent.of(client.v1.setup_intents.retrieve(setup_intent_id))


def list_payment_methods(customer_id: str) -> tuple[PaymentMethod, ...]:
    """Return a payer's saved cards, newest first."""
    params: PaymentMethodListParams = {
        "customer": customer_id,
        "type": "card",
        "limit": PAGE_SIZE,
    }
    with provider_call() as client:
        listed = client.v1.payment_methods.list(params)
        return tuple(PaymentMethod.of(raw) for raw in listed.auto_paging_iter())


def retrieve_payment_method(payment_method_id: str) -> PaymentMethod:
    """Return a saved card."""
    with provider_call() as client:
        return PaymentMethod.of(client.v1.payment_methods.retrieve(payment_method_id))


def detach_payment_method(payment_method_id: str, *, key: str) -> PaymentMethod:
    """Forget a saved card; raises ProviderRefused when nobody has it any more."""
    with provider_call() as client:
        return PaymentMethod.of(
            client.v1.payment_methods.detach(payment_method_id, {}, {"idempotency_key": key})
        )
