"""The payment of a row at the provider: made once, found again, called off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from payments import payers, stripe_port
from payments.models import Payer
from payments.models.card_paid import CardPaid
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
# A person may still do something about these.
PAYABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is to be paid: a row, by whom, since when, and for what in words.

    row_id: its public id. method_id: the saved card that is charged while its owner is away.
    """

    row: CardPaid
    row_id: str
    payer: Payer
    amount_cents: int
    currency: str
    description: str
    made_at: datetime
    method_id: str = ""

    def is_met_by(self, intent: Intent) -> bool:
        """Tell whether a payment is for this, cent for cent, by whoever should pay it."""
        is_whole = intent.status != "succeeded" or intent.received_cents == self.amount_cents
        return (
            intent.amount_cents == self.amount_cents
            and intent.currency == self.currency
            and intent.customer_id == self.payer.customer_id
            and is_whole
        )


def reach(bill: Bill, *, is_repeated: bool) -> Intent:
    """Return the payment of a row as it stands now; it is made when there is none.

    is_repeated: somebody may have asked for it before, without having heard the answer. They are
    looked for first; then the same key is repeated, so that what is on its way is not made twice.
    Raises ProviderError; a declined card is no error but how the payment stands.
    """
    if bill.row.intent_id:
        return stripe_port.retrieve_intent(bill.row.intent_id)
    customer_id = payers.customer_of(bill.payer)
    found = find(bill) if is_repeated else None
    if found is not None:
        return found
    try:
        return _make(bill, customer_id)
    except ProviderBusy:
        if is_repeated:  # an error that the provider keeps with the key would come for ever
            bill.row.raise_attempt()
        raise
    except (ProviderDeclined, AuthenticationRequired) as error:
        if error.intent is None:
            raise
        return stripe_port.retrieve_intent(error.intent.id)


def find(bill: Bill) -> Intent | None:
    """Return the payment that names a row, whoever made it; raises ProviderError."""
    customer_id = bill.payer.customer_id
    if not customer_id:
        return None
    since = bill.made_at - _CLOCKS
    for intent in stripe_port.list_intents(customer_id=customer_id, created_from=since):
        if intent.metadata.get(SUBJECT) == bill.row_id:
            return intent
    return None


def call_off(intent: Intent, *, bill: Bill) -> Intent:
    """Return the payment after calling it off, or as it stands if it came to an end meanwhile.

    Twice does no harm, so each look takes a key of its own: an error that the provider keeps with
    one would come for a day.
    """
    try:
        return stripe_port.cancel_intent(intent.id, key=f"{intent.id}:cancel:{bill.row.checks}")
    except ProviderRefused:
        return stripe_port.retrieve_intent(intent.id)


def _make(bill: Bill, customer_id: str) -> Intent:
    charge = Charge(
        amount_cents=bill.amount_cents,
        currency=bill.currency,
        customer_id=customer_id,
        description=bill.description,
        metadata={SUBJECT: bill.row_id},
    )
    if bill.method_id:
        key = bill.row.key
        return stripe_port.charge_saved_method(charge, payment_method_id=bill.method_id, key=key)
    return stripe_port.create_intent(charge, key=bill.row.key)
