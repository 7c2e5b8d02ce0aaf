"""What an order by card comes to: paid once, called off, or its payment given back.

The webhook, the page a person comes back to and reconciliation all end here, with a payment that
the provider has just shown. Whichever is first moves the row; the others find it moved. A payment
that can buy nothing any more goes back to the card by itself.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from payments import accounts, card_refunds, entitlements, orders, payers
from payments.card_payments import Bill
from payments.errors import PaymentMismatch
from payments.models import AccountKind, Order, OrderMethod, OrderState
from payments.stripe_port import Intent


def bill_of(order: Order) -> Bill:
    """Return what an order's payment is for."""
    return Bill(
        row=order,
        row_id=order.public_id,
        payer=payers.payer_of(order.buyer),
        amount_cents=order.price_cents,
        currency=order.currency,
        description=order.listing.title,
        made_at=order.created_at,
    )


def bear(subject: str, intent: Intent, *, now: datetime, by: Actor | None = None) -> bool:
    """Let an order bear how a payment for it stands; tell whether there is such an order.

    by: who has called the payment off, if somebody has. Raises PaymentMismatch for a payment that
    is not for the order, cent for cent.
    """
    by_card = Order.objects.with_buyer().filter(method=OrderMethod.CARD)
    order = by_card.filter(public_id=subject).first()
    if order is None:
        return False
    if not bill_of(order).is_met_by(intent):
        raise PaymentMismatch(order.public_id, intent.id)
    is_its_own = order.adopt(intent.id)
    with transaction.atomic():
        if intent.status == "succeeded":
            _pay(order, intent, now=now, is_its_own=is_its_own)
        elif is_its_own and intent.status == "canceled":
            end(order, OrderState.CANCELED, now=now, by=by)
        elif is_its_own and intent.failure_code:
            order.move(OrderState.PENDING, failure_code=intent.failure_code[:100])
    return True


def abandon(order: Order, *, now: datetime) -> None:
    """End an order whose payment the provider never got; nobody can pay it any more."""
    with transaction.atomic():
        if order.intent_id is None:
            end(order, OrderState.CANCELED, now=now)


def refuse(order: Order, code: str, *, now: datetime) -> None:
    """End an order whose payment the provider refuses to make at all."""
    with transaction.atomic():
        end(order, OrderState.FAILED, now=now, failure_code=code[:100])


def end(
    order: Order,
    state: OrderState,
    *,
    now: datetime,
    failure_code: str = "",
    by: Actor | None = None,
) -> None:
    """End what waits without having been paid, inside a transaction; its budget is free again.

    by: whose wish it was; nobody's where time or the provider has ended it.
    """
    changes = {"failure_code": failure_code} if failure_code else {}
    if order.move(OrderState.PENDING, state=state, check_at=None, **changes):
        data = {"state": state.value, "code": failure_code}
        who = (by or Actor.system()).who
        record(Action.ORDER_ENDED, by=who, now=now, subject=order.subject, data=data)


def _pay(order: Order, intent: Intent, *, now: datetime, is_its_own: bool) -> None:
    """Give what a payment has bought, or the payment back."""
    sides = accounts.hold_for_sale(order.vendor, buyer=order.buyer)
    order.refresh_from_db(fields=["state"])
    order.listing.refresh_from_db(fields=["state", "visibility"])
    if is_its_own and order.is_paid:
        return
    if why := _why_in_vain(order, is_its_own=is_its_own):
        if is_its_own:
            end(order, OrderState.CANCELED, now=now)
        card_refunds.give_back(order, intent, why=why, now=now)
        return
    is_paid = order.move(
        OrderState.PENDING,
        state=OrderState.PAID,
        paid_at=now,
        available_at=now + settings.EARNINGS_HOLD,
        check_at=None,
        failure_code="",
    )
    if not is_paid:  # it has ended since it was read: who ends it waits for no account
        card_refunds.give_back(order, intent, why="order_ended", now=now)
        return
    provider = accounts.ours(AccountKind.PROVIDER)
    orders.settle(
        order,
        paid_from=provider,
        payable=sides.payable,
        fees=sides.fees,
        by=Actor.system(),
        now=now,
    )


def _why_in_vain(order: Order, *, is_its_own: bool) -> str:
    """Return why a payment buys nothing; empty when it does. The buyer's wallet is locked."""
    if not is_its_own:
        return "second_payment"
    if not order.is_pending:
        return "order_ended"
    if entitlements.held_by_party(order.listing, order.buyer):
        return "already_owned"
    return "" if order.listing.is_offered else "not_offered"
