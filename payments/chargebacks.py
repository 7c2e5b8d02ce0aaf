"""Disputes by the owners of cards: the provider takes a payment back until a bank has decided.

Whatever tells of one ends here, with a dispute that the provider has just shown. Whoever comes
first makes the row and moves the money; the others find it moved. Ends are for good: a dispute that
the provider says has ended in another way is an error, for a person to look at.
"""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import chargeback_mail, disputed_orders, disputed_top_ups
from payments.errors import PaymentMismatch
from payments.models import Chargeback, ChargebackState, Order, TopUp
from payments.models.chargeback import CONTEST_REASON_LENGTH
from payments.stripe_port import ProviderDispute

# With these the money is away. A bank that only asks (`warning_…`), and a dispute that never came
# to be (`prevented`), move nothing.
_WITHDRAWN = frozenset(
    {"needs_response", "under_review", "appeal_needs_response", "appeal_under_review"}
)
_ENDS = {"won": ChargebackState.WON, "lost": ChargebackState.LOST}
_ACTIONS = {
    ChargebackState.WON: Action.CHARGEBACK_WON,
    ChargebackState.LOST: Action.CHARGEBACK_LOST,
}


def bear(dispute: ProviderDispute, *, now: datetime) -> bool:
    """Let the payment of a dispute bear how that stands; tell whether the payment is ours.

    Raises PaymentMismatch for a dispute that does not fit its payment, or what we know of it.
    """
    contested = _contested(dispute.intent_id)
    if contested is None:
        return False
    if dispute.status in _WITHDRAWN or dispute.status in _ENDS:
        with transaction.atomic():
            _bear(contested, dispute, now=now)
    return True


def _contested(intent_id: str | None) -> Order | TopUp | None:
    if not intent_id:
        return None
    top_up = TopUp.objects.filter(intent_id=intent_id).first()
    return top_up or Order.objects.filter(intent_id=intent_id).first()


def _bear(contested: Order | TopUp, dispute: ProviderDispute, *, now: datetime) -> None:
    # Everything about one payment takes turns at its row: other news of the dispute, and refunds.
    type(contested)._default_manager.select_for_update(of=("self",)).get(pk=contested.pk)
    known = Chargeback.objects.filter(provider_id=dispute.id).first()
    chargeback = known or _opened(contested, dispute, now=now)
    _require_same(chargeback, contested, dispute)
    end = _ENDS.get(dispute.status)
    is_ended = end is not None and _end(chargeback, end, now=now)
    if is_ended or known is None:
        chargeback_mail.tell(chargeback)


def _opened(contested: Order | TopUp, dispute: ProviderDispute, *, now: datetime) -> Chargeback:
    chargeback = Chargeback(
        provider_id=dispute.id,
        reason=dispute.reason[:CONTEST_REASON_LENGTH],
        amount_cents=dispute.amount_cents,
        currency=dispute.currency,
        evidence_due_at=dispute.evidence_due_at,
        disputed_at=dispute.created_at,
        created_at=now,
    )
    if isinstance(contested, TopUp):
        disputed_top_ups.take(chargeback, contested.pk, now=now)
    else:
        disputed_orders.take(chargeback, contested.pk, now=now)
    _record(Action.CHARGEBACK_OPENED, chargeback, now=now)
    return chargeback


def _require_same(
    chargeback: Chargeback, contested: Order | TopUp, dispute: ProviderDispute
) -> None:
    is_same = (
        contested in (chargeback.order, chargeback.top_up)
        and chargeback.amount_cents == dispute.amount_cents
        and chargeback.currency == dispute.currency
    )
    if not is_same:
        raise PaymentMismatch(chargeback.public_id, dispute.id)


def _end(chargeback: Chargeback, state: ChargebackState, *, now: datetime) -> bool:
    """Win or lose it; tell whether that is new. Raises PaymentMismatch after another end."""
    if chargeback.state == state:
        return False
    if not chargeback.end(state, now=now):
        raise PaymentMismatch(chargeback.public_id, chargeback.provider_id)
    # The trail says that it ended before it says what that set free.
    _record(_ACTIONS[state], chargeback, now=now)
    room = disputed_top_ups if chargeback.top_up_id else disputed_orders
    (room.give_back if state == ChargebackState.WON else room.keep)(chargeback, now=now)
    return True


def _record(action: Action, chargeback: Chargeback, *, now: datetime) -> None:
    contested = chargeback.order or chargeback.top_up
    assert contested is not None
    data = {
        "contested": contested.subject,
        "dispute": chargeback.provider_id,
        "reason": chargeback.reason,
        "amountCents": chargeback.amount_cents,
        "receivableCents": chargeback.receivable_cents,
        "currency": chargeback.currency,
        "entitlement": chargeback.entitlement.public_id if chargeback.entitlement else "",
    }
    record(action, by=Actor.system().who, now=now, subject=chargeback.subject, data=data)
