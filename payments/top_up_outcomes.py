"""What a top-up comes to: credited once, declined, called off; forward only, whoever says so.

The webhook, the page a person comes back to and reconciliation all end here, with a payment that
the provider has just shown. Whichever is first moves the row; the others find it moved.
"""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import (
    accounts,
    auto_declines,
    debts,
    freezing,
    ledger,
    top_up_mail,
    top_up_payments,
)
from payments.errors import PaymentMismatch
from payments.ledger import Entry
from payments.models import AccountKind, TopUp, TopUpState
from payments.models.top_up import WAITING
from payments.stripe_port import Intent


def bear(subject: str, intent: Intent, *, now: datetime) -> bool:
    """Let a top-up bear how its payment stands; tell whether there is such a top-up.

    Raises PaymentMismatch for a payment that is not the top-up's own, cent for cent.
    """
    top_up = TopUp.objects.with_payer().filter(public_id=subject).first()
    if top_up is None:
        return False
    _require_own(top_up, intent)
    with transaction.atomic():
        if intent.status == "succeeded":
            _credit(top_up, now=now)
        elif intent.status == "canceled":
            _close(top_up, now=now)
        elif intent.status == "processing":
            top_up.move(TopUpState.PENDING, state=TopUpState.PROCESSING)
        elif intent.status == "requires_payment_method" and intent.failure_code:
            _decline(top_up, intent.failure_code, now=now)
    return True


def abandon(top_up: TopUp, *, now: datetime) -> None:
    """End a top-up whose payment the provider never got; nobody can pay it any more."""
    with transaction.atomic():
        if top_up.intent_id is None:
            _close(top_up, now=now)


def refuse(top_up: TopUp, code: str, *, now: datetime) -> None:
    """End a top-up whose payment the provider refuses to make at all."""
    with transaction.atomic():
        _decline(top_up, code, now=now, ended_at=now)


def _require_own(top_up: TopUp, intent: Intent) -> None:
    if not (top_up_payments.bill_of(top_up).is_met_by(intent) and top_up.adopt(intent.id)):
        raise PaymentMismatch(top_up.public_id, intent.id)


def _credit(top_up: TopUp, *, now: datetime) -> None:
    done = {"state": TopUpState.SUCCEEDED, "ended_at": now, "failure_code": ""}
    if not top_up.move(*WAITING, TopUpState.FAILED, TopUpState.CANCELED, **done):
        return
    wallet = accounts.wallet_of(top_up.payer.party)
    provider = accounts.ours(AccountKind.PROVIDER)
    ledger.post(top_up.event, [Entry("credit", provider, wallet, top_up.amount_cents)], now=now)
    _record(Action.TOP_UP_SUCCEEDED, top_up, now=now)
    debts.collect(freezing.held(wallet), cause=top_up.public_id, now=now)
    if top_up.is_automatic:
        auto_declines.forget(top_up)


def _close(top_up: TopUp, *, now: datetime) -> None:
    if top_up.move(*WAITING, state=TopUpState.CANCELED, ended_at=now):
        _record(Action.TOP_UP_CANCELED, top_up, now=now)
    elif top_up.is_open:
        top_up.move(TopUpState.FAILED, ended_at=now)


def _decline(top_up: TopUp, code: str, *, now: datetime, ended_at: datetime | None = None) -> None:
    # What nobody will try again is called off at the next look.
    look = {"check_at": now} if top_up.is_automatic else {}
    failed = {"state": TopUpState.FAILED, "failure_code": code[:100], "ended_at": ended_at}
    if not top_up.move(*WAITING, **failed, **look):
        return
    _record(Action.TOP_UP_FAILED, top_up, now=now, code=code)
    top_up_mail.send(top_up_mail.failed(top_up), about=top_up)
    if top_up.is_automatic:
        auto_declines.count(top_up, now=now)


def _record(action: Action, top_up: TopUp, *, now: datetime, **more: str) -> None:
    data = {"amountCents": top_up.amount_cents, "currency": top_up.currency}
    facts = data | {"source": top_up.source} | more
    record(action, by=Actor.system().who, now=now, subject=top_up.subject, data=facts)
