"""What an object of the provider means for our rows: fetched anew, whatever anybody said of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from payments import (
    card_purchases,
    card_refunds,
    chargebacks,
    onboarding,
    payment_methods,
    stripe_port,
    top_ups,
)
from payments.pending import SUBJECT, Kind
from payments.stripe_port import Intent

# Every kind of row that a payment may name.
KINDS: tuple[Kind, ...] = (top_ups.KIND, card_purchases.KIND)
BY_PREFIX: Mapping[str, Kind] = {kind.prefix: kind for kind in KINDS}


def settle(object_kind: str, object_id: str, *, now: datetime) -> bool:
    """Ask the provider how an object stands and let what it is about bear that.

    Tells whether it is about anything here. Doing it twice, or late, changes nothing more: rows
    move forward only. Raises ProviderError, and what a row refuses to bear.
    """
    settler = _SETTLERS.get(object_kind)
    return settler(object_id, now) if settler and object_id else False


def bear(intent: Intent, *, now: datetime) -> bool:
    """Let the row that a payment names bear how it stands; tell whether there is one."""
    subject = intent.metadata.get(SUBJECT, "")
    kind = BY_PREFIX.get(subject.partition("_")[0])
    return kind.bear(subject, intent, now=now) if kind else False


def _payment(intent_id: str, now: datetime) -> bool:
    return bear(stripe_port.retrieve_intent(intent_id), now=now)


def _dispute(dispute_id: str, now: datetime) -> bool:
    dispute = stripe_port.retrieve_dispute(dispute_id)
    if not dispute.intent_id:
        return chargebacks.bear(dispute, now=now)
    # A dispute may be heard of before its payment is: what was never taken in cannot be taken back.
    _payment(dispute.intent_id, now)
    # And one after another that has given back what it takes: in the order of their beginnings.
    of_payment = reversed(stripe_port.list_disputes(dispute.intent_id))
    borne = [chargebacks.bear(each, now=now) for each in of_payment]
    return all(borne)


def _seller_account(account_id: str, now: datetime) -> bool:
    return onboarding.refresh(account_id, now=now)


def _refund(refund_id: str, now: datetime) -> bool:
    return card_refunds.settle(refund_id, now=now)


_SETTLERS: Mapping[str, Callable[[str, datetime], bool]] = {
    "account": _seller_account,
    "dispute": _dispute,
    "payment_intent": _payment,
    "payment_method": payment_methods.settle_method,
    "refund": _refund,
    "setup_intent": payment_methods.settle_setup,
}
