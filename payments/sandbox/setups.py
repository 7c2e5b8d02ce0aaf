"""Cards on their way to being saved."""

from typing import Any

from payments.sandbox import cards, faults, forms
from payments.sandbox.happenings import happened
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.store import new_id, now
from payments.sandbox.world import World


def create(world: World, form: Json) -> Json:
    """POST /v1/setup_intents."""
    forms.only(
        form,
        *("customer", "usage", "metadata", "description"),
        *("allowed_payment_method_types", "automatic_payment_methods"),
    )
    customer = forms.text(form, "customer")
    if customer:
        world.store.get("customer", customer)
    setup_id = new_id("seti")
    setup = world.store.put(
        {
            "id": setup_id,
            "object": "setup_intent",
            "client_secret": f"{setup_id}_{new_id('secret')}",
            "created": now(),
            "customer": customer,
            "description": forms.text(form, "description"),
            "last_setup_error": None,
            "livemode": False,
            "metadata": forms.metadata(form),
            "next_action": None,
            "payment_method": None,
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
            "usage": forms.text(form, "usage") or "off_session",
        }
    )
    happened(world, "setup_intent.created", setup)
    return setup


def confirm(world: World, setup: Json, method: Json, *, has_authenticated: bool = False) -> Json:
    """Try to save the card, and return what became of it."""
    require_open(setup)
    problem = faults.of_card(setup) or cards.trouble(method)
    is_later = method["card"]["last4"] == cards.DECLINES_LATER
    if problem == faults.DECLINE and not is_later:
        return fail(world, setup, method)
    if problem == faults.AUTHENTICATION_REQUIRED and not has_authenticated:
        return ask(world, setup, method)
    if setup["customer"]:
        cards.attach(world, method, setup["customer"])
    setup = _change(
        world,
        setup,
        status="succeeded",
        payment_method=method["id"],
        last_setup_error=None,
        next_action=None,
    )
    happened(world, "setup_intent.succeeded", setup)
    return setup


def fail(world: World, setup: Json, method: Json) -> Json:
    """Decline to save a card, whatever it is."""
    require_open(setup)
    setup = _change(
        world,
        setup,
        status="requires_payment_method",
        last_setup_error=cards.DECLINED | {"payment_method": method},
        next_action=None,
    )
    happened(world, "setup_intent.setup_failed", setup)
    return setup


def ask(world: World, setup: Json, method: Json) -> Json:
    """Have the owner of the card confirm, whatever it is."""
    require_open(setup)
    setup = _change(
        world,
        setup,
        status="requires_action",
        payment_method=method["id"],
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    )
    happened(world, "setup_intent.requires_action", setup)
    return setup


def require_open(setup: Json) -> None:
    """Raise Refusal for a setup that has come to its end."""
    if setup["status"] not in cards.OPEN:
        raise Refusal(
            f"This SetupIntent has a status of {setup['status']}.",
            code="setup_intent_unexpected_state",
        )


def _change(world: World, setup: Json, **changes: Any) -> Json:
    return world.store.put(setup | changes)
