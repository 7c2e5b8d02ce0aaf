"""Give money back to the card that paid: of a refund, or of a payment that has bought nothing.

The row is committed with the money set aside for it, then the provider is asked under a key that
the row holds. What it says ends the row: back on the card, or, where the card takes nothing any
more, in the buyer's wallet. What the provider refuses outright waits for staff, or for the end of
a dispute.
"""

import logging
from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import accounts, ledger, stripe_port
from payments.errors import CardRefundMoved, PaymentMismatch
from payments.ledger import Entry
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Chargeback,
    ChargebackState,
    Order,
    Refund,
)
from payments.models.card_refund import DISPUTED, PROBLEM_LENGTH
from payments.pending import SUBJECT, wait_after
from payments.stripe_port import (
    Intent,
    ProviderBusy,
    ProviderError,
    ProviderRefund,
    ProviderRefused,
)

log = logging.getLogger("mog.payments")

_AT_ONCE = 200
_LOST = frozenset({"failed", "canceled"})


def begin(refund: Refund, *, now: datetime) -> CardRefund:
    """Send a refund's money, which is in transit by now, to the card, once this commits."""
    intent_id = refund.order.intent_id
    assert intent_id is not None  # a constraint holds it
    return _begun(refund.order, intent_id, refund.amount_cents, refund=refund, now=now)


def give_back(order: Order, intent: Intent, *, why: str, now: datetime) -> None:
    """Give a payment back that has bought nothing, inside a transaction; twice is once.

    why: a word for the trail.
    """
    if CardRefund.objects.filter(intent_id=intent.id, refund=None).exists():
        return
    back = _begun(order, intent.id, intent.received_cents, refund=None, now=now)
    provider, transit = accounts.ours(AccountKind.PROVIDER), accounts.ours(AccountKind.IN_TRANSIT)
    ledger.post(back.event, [Entry("in", provider, transit, back.amount_cents)], now=now)
    _record(Action.PAYMENT_GIVEN_BACK, back, by=Actor.system(), now=now, why=why)


def settle(refund_id: str, *, now: datetime) -> bool:
    """Ask the provider about one of its refunds, and let the row that it names bear that."""
    refund = stripe_port.retrieve_refund(refund_id)
    subject = refund.metadata.get(SUBJECT, "")
    back = CardRefund.objects.with_order().filter(public_id=subject).first()
    if back is None:
        return False
    _bear(back, refund, now=now)
    return True


@transaction.atomic
def retry(back: CardRefund, *, by: Actor, now: datetime) -> None:
    """Ask the provider anew for one that it has refused; raises CardRefundMoved."""
    by.require_user()
    if not _ask_again(back, by=by, now=now):
        raise CardRefundMoved(back.public_id)


@transaction.atomic
def credit_instead(back: CardRefund, *, by: Actor, now: datetime) -> None:
    """Put the money of a refused one into the buyer's wallet.

    Raises CardRefundMoved, also while a dispute of its payment is open: nothing is paid twice.
    """
    by.require_user()
    is_open = Chargeback.objects.open().filter(order=back.order).exists()
    if is_open or not _credit(back, CardRefundState.FAILED, by=by, now=now):
        raise CardRefundMoved(back.public_id)


def after_dispute(order: Order, *, now: datetime) -> None:
    """Go on with what a dispute has stopped, inside a transaction, once none is open any more.

    Of what the banks gave back beyond what was left of the order, refunds that had not reached the
    card were a part: their money stays with us, who bore it. Others are tried anew after a win, and
    wait for staff after a loss.
    """
    disputes = Chargeback.objects.filter(order=order)
    if disputes.open().exists():
        return
    stopped = CardRefund.objects.filter(order=order).stopped_by_dispute().with_order()
    is_lost = disputes.standing().exists()
    for back in stopped.order_by("pk"):
        if not is_lost:
            _ask_again(back, by=Actor.system(), now=now)
        elif back.amount_cents <= _borne_cents(order):
            _keep(back, now=now)


@shared_task(name="payments.send_card_refund")
def send(pk: int) -> None:
    """Ask the provider for one now."""
    go_on(pk, now=timezone.now())


def go_on(pk: int, *, now: datetime) -> None:
    """Ask the provider for one that is due; nobody else does meanwhile."""
    back = CardRefund.objects.with_order().get(pk=pk)
    if not back.take_check(now=now, next_at=now + wait_after(back.checks)):
        return
    try:
        _bear(back, _reached(back), now=now)
    except ProviderRefused as refusal:
        log.error("%s is refused: %s", back.public_id, refusal)
        _fail(back, refusal.code, now=now)
    except ProviderError as error:
        log.warning("%s waits for the provider: %s", back.public_id, error)


@shared_task(name="payments.sweep_card_refunds")
def sweep() -> int:
    """Send those again whose message, worker or answer was lost; return how many."""
    due = CardRefund.objects.overdue(now=timezone.now()).order_by("check_at")
    keys = list(due.values_list("pk", flat=True)[:_AT_ONCE])
    for pk in keys:
        send.delay(pk)
    return len(keys)


def _begun(
    order: Order, intent_id: str, cents: int, *, refund: Refund | None, now: datetime
) -> CardRefund:
    back = CardRefund.objects.create(
        order=order,
        refund=refund,
        intent_id=intent_id,
        amount_cents=cents,
        currency=order.currency,
        created_at=now,
        check_at=now,
    )
    transaction.on_commit(lambda: send.delay(back.pk), robust=True)
    return back


def _reached(back: CardRefund) -> ProviderRefund:
    """Return the provider's refund of a row; somebody who was killed may have asked for it."""
    if back.provider_refund_id:
        return stripe_port.retrieve_refund(back.provider_refund_id)
    if back.checks:
        for refund in stripe_port.list_refunds(back.intent_id):
            if refund.metadata.get(SUBJECT) == back.public_id:
                return refund
    try:
        return stripe_port.create_refund(
            back.intent_id,
            amount_cents=back.amount_cents,
            metadata={SUBJECT: back.public_id},
            key=back.key,
        )
    except ProviderBusy:
        if back.checks:  # an error that the provider keeps with the key would come for ever
            back.move(CardRefundState.PENDING, attempt=back.attempt + 1)
        raise


def _bear(back: CardRefund, refund: ProviderRefund, *, now: datetime) -> None:
    """Let a row bear how its refund stands; forward only, whoever says so.

    A card may turn away what the provider thought had arrived; it is with us again then.
    """
    facts = (refund.amount_cents, refund.currency, refund.intent_id)
    if facts != (back.amount_cents, back.currency, back.intent_id):
        raise PaymentMismatch(back.public_id, refund.id)
    with transaction.atomic():
        back.move(CardRefundState.PENDING, provider_refund_id=refund.id)
        if refund.status == "succeeded":
            _finish(back, now=now)
        elif refund.status in _LOST:
            _turned_away(back, now=now)


def _finish(back: CardRefund, *, now: datetime) -> None:
    if not back.move(CardRefundState.PENDING, state=CardRefundState.SUCCEEDED, ended_at=now):
        return
    transit, provider = accounts.ours(AccountKind.IN_TRANSIT), accounts.ours(AccountKind.PROVIDER)
    ledger.post(back.event, [Entry("out", transit, provider, back.amount_cents)], now=now)
    _record(Action.CARD_REFUND_ARRIVED, back, by=Actor.system(), now=now)


def _turned_away(back: CardRefund, *, now: datetime) -> None:
    if _credit(back, CardRefundState.PENDING, by=Actor.system(), now=now):
        return
    if _credit(back, CardRefundState.SUCCEEDED, by=Actor.system(), now=now):
        provider, transit = (
            accounts.ours(AccountKind.PROVIDER),
            accounts.ours(AccountKind.IN_TRANSIT),
        )
        entry = Entry("returned", provider, transit, back.amount_cents)
        ledger.post(back.event, [entry], now=now)


def _credit(back: CardRefund, state: CardRefundState, *, by: Actor, now: datetime) -> bool:
    if not back.move(state, state=CardRefundState.CREDITED, ended_at=now):
        return False
    transit, wallet = accounts.ours(AccountKind.IN_TRANSIT), accounts.wallet_of(back.order.buyer)
    ledger.post(back.event, [Entry("wallet", transit, wallet, back.amount_cents)], now=now)
    _record(Action.CARD_REFUND_CREDITED, back, by=by, now=now)
    return True


def _fail(back: CardRefund, code: str, *, now: datetime) -> None:
    with transaction.atomic():
        # In turns with news of a dispute, which looks for those that it has stopped.
        Order.objects.select_for_update(of=("self",)).get(pk=back.order_id)
        failed = {"state": CardRefundState.FAILED, "problem": (code or "refused")[:PROBLEM_LENGTH]}
        if not back.move(CardRefundState.PENDING, **failed):
            return
        _record(Action.CARD_REFUND_FAILED, back, by=Actor.system(), now=now, why=code)
        if code == DISPUTED and Chargeback.objects.filter(order=back.order_id).exists():
            after_dispute(back.order, now=now)


def _ask_again(back: CardRefund, *, by: Actor, now: datetime) -> bool:
    changes = {"state": CardRefundState.PENDING, "problem": "", "check_at": now}
    if not back.move(CardRefundState.FAILED, **changes, attempt=back.attempt + 1):
        return False
    _record(Action.CARD_REFUND_RETRIED, back, by=by, now=now)
    transaction.on_commit(lambda: send.delay(back.pk), robust=True)
    return True


def _borne_cents(order: Order) -> int:
    """Return what we bear of lost disputes that the money of no refund has paid yet."""
    lost = Chargeback.objects.filter(order=order, state=ChargebackState.LOST)
    kept = CardRefund.objects.filter(order=order, state=CardRefundState.OVERTAKEN)
    borne = lost.aggregate(cents=Sum("excess_cents"))["cents"] or 0
    return borne - (kept.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def _keep(back: CardRefund, *, now: datetime) -> None:
    overtaken = {"state": CardRefundState.OVERTAKEN, "ended_at": now}
    if not back.move(CardRefundState.FAILED, **overtaken):
        return
    transit, fees = accounts.ours(AccountKind.IN_TRANSIT), accounts.ours(AccountKind.FEES)
    ledger.post(back.event, [Entry("kept", transit, fees, back.amount_cents)], now=now)
    _record(Action.CARD_REFUND_OVERTAKEN, back, by=Actor.system(), now=now)


def _record(action: Action, back: CardRefund, *, by: Actor, now: datetime, why: str = "") -> None:
    data = {
        "order": back.order.public_id,
        "amountCents": back.amount_cents,
        "currency": back.currency,
    }
    facts = data | ({"why": why} if why else {})
    record(action, by=by.who, now=now, subject=back.subject, data=facts)
