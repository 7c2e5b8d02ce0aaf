"""Payers and their cards. What a card does is told by its last digits, as with the provider's own.

The numbers are those of docs.stripe.com/testing.
"""

from payments.sandbox import faults, forms, lists
from payments.sandbox.happenings import happened
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.store import new_id, now
from payments.sandbox.world import World

WORKS = "4242"
DECLINES = "0002"
ASKS = "3184"
# Can be saved; every charge is declined.
DECLINES_LATER = "0341"
TEST_CARDS = {
    "pm_card_visa": WORKS,
    "pm_card_chargeDeclined": DECLINES,
    "pm_card_authenticationRequired": ASKS,
    "pm_card_chargeCustomerFail": DECLINES_LATER,
}
# The states in which a payment, or saving a card, can still go either way.
OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
DECLINED = {
    "type": "card_error",
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
}
_TROUBLE = {
    DECLINES: faults.DECLINE,
    DECLINES_LATER: faults.DECLINE,
    ASKS: faults.AUTHENTICATION_REQUIRED,
}


def create_customer(world: World, form: Json) -> Json:
    """POST /v1/customers."""
    forms.only(form, "email", "name", "description", "metadata")
    customer = world.store.put(
        {
            "id": new_id("cus"),
            "object": "customer",
            "created": now(),
            "currency": None,
            "description": forms.text(form, "description"),
            "email": forms.text(form, "email"),
            "livemode": False,
            "metadata": forms.metadata(form),
            "name": forms.text(form, "name"),
        }
    )
    happened(world, "customer.created", customer)
    return customer


def new_card(world: World, last4: str) -> Json:
    """Make a card that belongs to nobody yet."""
    return world.store.put(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "card": {
                "brand": "visa",
                "country": "US",
                "exp_month": 12,
                "exp_year": 2034,
                "fingerprint": f"card{last4}",
                "funding": "credit",
                "last4": last4,
            },
            "created": now(),
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
        }
    )


def card(world: World, method_id: str) -> Json:
    """Return a saved card, or a fresh one for the name of a test card."""
    if method_id in TEST_CARDS:
        return new_card(world, TEST_CARDS[method_id])
    return world.store.get("payment_method", method_id)


def trouble(method: Json) -> str:
    """Return the fault that this card makes, or nothing."""
    return _TROUBLE.get(method["card"]["last4"], "")


def attach(world: World, method: Json, customer_id: str) -> Json:
    """Save a card with its payer; raises Refusal when it is somebody else's."""
    if method["customer"] == customer_id:
        return method
    if method["customer"]:
        raise Refusal("The payment method is attached to another customer.")
    world.store.get("customer", customer_id)
    method = world.store.put(method | {"customer": customer_id})
    happened(world, "payment_method.attached", method)
    return method


def detach(world: World, method_id: str, form: Json) -> Json:
    """POST /v1/payment_methods/ID/detach."""
    forms.only(form)
    method = world.store.get("payment_method", method_id)
    if not method["customer"]:
        raise Refusal("The payment method is not attached to a customer.")
    method = world.store.put(method | {"customer": None})
    happened(world, "payment_method.detached", method)
    return method


def list_cards(world: World, form: Json) -> Json:
    """GET /v1/payment_methods."""
    return lists.answer(
        world, "payment_method", "/v1/payment_methods", form, by=("customer", "type")
    )
