"""Payments: created, confirmed, canceled."""

from http import HTTPStatus
from typing import Any

from payments.sandbox import cards, faults, forms
from payments.sandbox.happenings import happened
from payments.sandbox.refusals import Answer, Json, Refusal
from payments.sandbox.store import new_id, now
from payments.sandbox.world import World

# docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_LEAST_CENTS = 50
_MUST_ASK = {
    "type": "card_error",
    "code": "authentication_required",
    "decline_code": "authentication_required",
    "message": "This payment requires authentication.",
}


def create(world: World, form: Json) -> Json | Answer:
    """POST /v1/payment_intents."""
    forms.only(
        form,
        *("amount", "currency", "customer", "description", "metadata", "transfer_group"),
        *("allowed_payment_method_types", "automatic_payment_methods", "capture_method"),
        *("confirm", "off_session", "payment_method", "setup_future_usage", "return_url"),
        *("statement_descriptor_suffix", "error_on_requires_action"),
    )
    intent = world.store.put(_new(world, form))
    happened(world, "payment_intent.created", intent)
    if not forms.flag(form, "confirm"):
        if forms.text(form, "off_session"):
            raise Refusal("You can only set `off_session` with `confirm`.", param="off_session")
        return intent
    method = cards.card(world, forms.needed(form, "payment_method"))
    if method["customer"] and method["customer"] != intent["customer"]:
        raise Refusal("The payment method belongs to another customer.", param="payment_method")
    intent = confirm(world, intent, method, is_present=not forms.flag(form, "off_session"))
    problem = intent["last_payment_error"]
    if problem:
        # What was tried stays, so this is an answer and no refusal.
        return Answer(HTTPStatus.PAYMENT_REQUIRED, {"error": problem | {"payment_intent": intent}})
    return intent


def _new(world: World, form: Json) -> Json:
    amount = forms.cents(form, "amount")
    if amount < _LEAST_CENTS:
        raise Refusal("Amount must be at least 50 cents.", code="amount_too_small", param="amount")
    suffix = forms.text(form, "statement_descriptor_suffix")
    if suffix and (len(suffix) > 22 or any(letter in suffix for letter in "<>\\'\"*")):
        raise Refusal("Invalid suffix.", param="statement_descriptor_suffix")
    customer = forms.text(form, "customer")
    if customer:
        world.store.get("customer", customer)
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{intent_id}_{new_id('secret')}",
        "confirmation_method": "automatic",
        "created": now(),
        "currency": forms.currency(form),
        "customer": customer,
        "description": forms.text(form, "description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": forms.metadata(form),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "setup_future_usage": forms.text(form, "setup_future_usage"),
        "statement_descriptor_suffix": suffix,
        "status": "requires_payment_method",
        "transfer_group": forms.text(form, "transfer_group"),
    }


def confirm(
    world: World,
    intent: Json,
    method: Json,
    *,
    is_present: bool,
    has_authenticated: bool = False,
) -> Json:
    """Try to take the money, and return what became of the payment.

    `is_present` tells whether the owner of the card could be asked, `has_authenticated` that they
    were.
    """
    require_open(intent)
    problem = faults.of_card(intent) or cards.trouble(method)
    if problem == faults.DECLINE:
        return _fail(world, intent, method, cards.DECLINED)
    if problem == faults.AUTHENTICATION_REQUIRED and not has_authenticated:
        return (
            _ask(world, intent, method) if is_present else _fail(world, intent, method, _MUST_ASK)
        )
    return _succeed(world, intent, method)


def fail(world: World, intent: Json, method: Json) -> Json:
    """Decline a payment, whatever the card."""
    require_open(intent)
    return _fail(world, intent, method, cards.DECLINED)


def ask(world: World, intent: Json, method: Json) -> Json:
    """Have the owner of the card confirm, whatever the card."""
    require_open(intent)
    return _ask(world, intent, method)


def cancel(world: World, intent_id: str, form: Json) -> Json:
    """POST /v1/payment_intents/ID/cancel."""
    forms.only(form, "cancellation_reason")
    intent = world.store.get("payment_intent", intent_id)
    require_open(intent)
    intent = _change(
        world,
        intent,
        status="canceled",
        canceled_at=now(),
        cancellation_reason=forms.text(form, "cancellation_reason"),
        next_action=None,
    )
    happened(world, "payment_intent.canceled", intent)
    return intent


def require_open(intent: Json) -> None:
    """Raise Refusal for a payment that has come to its end."""
    if intent["status"] not in cards.OPEN:
        raise Refusal(
            f"This PaymentIntent has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )


def _succeed(world: World, intent: Json, method: Json) -> Json:
    charge = _charge(world, intent, method, status="succeeded")
    if intent["setup_future_usage"] and intent["customer"]:
        cards.attach(world, method, intent["customer"])
    intent = _change(
        world,
        intent,
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
    )
    happened(world, "charge.succeeded", charge)
    happened(world, "payment_intent.succeeded", intent)
    return intent


def _fail(world: World, intent: Json, method: Json, problem: Json) -> Json:
    charge = _charge(world, intent, method, status="failed")
    intent = _change(
        world,
        intent,
        status="requires_payment_method",
        latest_charge=charge["id"],
        last_payment_error=problem | {"charge": charge["id"], "payment_method": method},
        next_action=None,
    )
    happened(world, "charge.failed", charge)
    happened(world, "payment_intent.payment_failed", intent)
    return intent


def _ask(world: World, intent: Json, method: Json) -> Json:
    intent = _change(
        world,
        intent,
        status="requires_action",
        payment_method=method["id"],
        last_payment_error=None,
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    )
    happened(world, "payment_intent.requires_action", intent)
    return intent


def _charge(world: World, intent: Json, method: Json, *, status: str) -> Json:
    is_paid = status == "succeeded"
    return world.store.put(
        {
            "id": new_id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_paid else 0,
            "amount_refunded": 0,
            "captured": is_paid,
            "created": now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "disputed": False,
            "failure_code": None if is_paid else "card_declined",
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": is_paid,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "refunded": False,
            "status": status,
            "transfer_group": intent["transfer_group"],
        }
    )


def _change(world: World, intent: Json, **changes: Any) -> Json:
    return world.store.put(intent | changes)
