"""The payment of a top-up at the provider: made once, found again, called off."""

from datetime import timedelta

from payments import payers, stripe_port
from payments.models import TopUp
from payments.pending import SUBJECT
from payments.stripe_port import (
    AuthenticationRequired,
    Charge,
    Intent,
    ProviderBusy,
    ProviderDeclined,
    ProviderRefused,
)

# By how much the provider's clock may be behind ours.
_CLOCKS = timedelta(minutes=5)


def reach(top_up: TopUp, *, is_repeated: bool) -> Intent:
    """Return the payment of a top-up as it stands now; it is made when there is none.

    is_repeated: somebody may have asked for it before, without having heard the answer. They are
    looked for first; then the same key is repeated, so that what is on its way is not made twice.
    Raises ProviderError; a declined card is no error but how the payment stands.
    """
    if top_up.intent_id:
        return stripe_port.retrieve_intent(top_up.intent_id)
    customer_id = payers.customer_of(top_up.payer)
    found = find(top_up) if is_repeated else None
    if found is not None:
        return found
    try:
        return _make(top_up, customer_id)
    except ProviderBusy:
        if is_repeated:  # an error that the provider keeps with the key would come for ever
            top_up.raise_attempt()
        raise
    except (ProviderDeclined, AuthenticationRequired) as error:
        if error.intent is None:
            raise
        return stripe_port.retrieve_intent(error.intent.id)


def find(top_up: TopUp) -> Intent | None:
    """Return the payment that names a top-up, whoever made it; raises ProviderError."""
    customer_id = top_up.payer.customer_id
    if not customer_id:
        return None
    since = top_up.created_at - _CLOCKS
    for intent in stripe_port.list_intents(customer_id=customer_id, created_from=since):
        if intent.metadata.get(SUBJECT) == top_up.public_id:
            return intent
    return None


def call_off(intent: Intent, *, top_up: TopUp) -> Intent:
    """Return the payment after calling it off, or as it stands if it came to an end meanwhile."""
    try:
        return stripe_port.cancel_intent(intent.id, key=f"{top_up.public_id}:cancel")
    except ProviderRefused:
        return stripe_port.retrieve_intent(intent.id)


def _make(top_up: TopUp, customer_id: str) -> Intent:
    charge = Charge(
        amount_cents=top_up.amount_cents,
        currency=top_up.currency,
        customer_id=customer_id,
        description="Top-up of your wallet",
        metadata={SUBJECT: top_up.public_id},
    )
    if top_up.is_automatic:
        method = top_up.method_id
        return stripe_port.charge_saved_method(charge, payment_method_id=method, key=top_up.key)
    return stripe_port.create_intent(charge, key=top_up.key)
