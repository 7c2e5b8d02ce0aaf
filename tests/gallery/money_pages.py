"""Prices, orders, the wallet, earnings, disputes."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import SpendPolicy, User
from audit.who import Origin
from catalog.models import Vendor
from payments import checkout, freezing
from payments.models import (
    Approval,
    AutoTopUp,
    ChargebackState,
    Order,
    OrderMethod,
    OrderState,
    TopUpState,
)
from payments.sale_terms import Wanted
from tests import money
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import SpendPolicyFactory, UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import (
    ChargebackFactory,
    OrderFactory,
    PayerFactory,
    TopUpFactory,
)
from tests.gallery.visit import Visit
from tests.payments.buying import buy


def _paid(visit: Visit) -> Order:
    """Let somebody with a long name pay for something of somebody else's; return the order."""
    user = visit.sign_in()
    money.fill(user, 1_000)
    listing = ListingFactory.create(price_cents=499)
    by = Actor.of(user.credentials.get(), origin=Origin())
    wanted = Wanted(listing=listing.name)
    bought = checkout.purchase(wanted, by=by, now=timezone.now(), may_pay=True)
    assert bought.order is not None
    return bought.order


def _price(cents: int) -> Callable[[Visit], None]:
    def show(visit: Visit) -> None:
        money.fill(visit.sign_in(), 1_000)
        listing = ListingFactory.create(price_cents=cents)
        visit.page.goto(f"/{listing.name}/purchase")

    return show


def _receipt(visit: Visit) -> None:
    visit.page.goto(f"/orders/{_paid(visit).public_id}")


def _orders(visit: Visit) -> None:
    _paid(visit)
    visit.page.goto("/orders")


def _orders_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/orders")


def _wallet(visit: Visit) -> None:
    _paid(visit)
    visit.page.goto("/wallet")


def _wallet_frozen(visit: Visit) -> None:
    user, now = visit.sign_in(), timezone.now()
    wallet = money.fill(user, 1_000)
    payer = PayerFactory.create(user=user)
    ends = (ChargebackState.OPEN, None), (ChargebackState.LOST, now)
    with transaction.atomic():
        for state, ended_at in ends:
            chargeback = ChargebackFactory.create(
                top_up__payer=payer, state=state, ended_at=ended_at
            )
            freezing.freeze_for(chargeback, wallet, now=now)
        by = Actor.staff(UserFactory.create(), origin=Origin())
        freezing.freeze(wallet, reason="A stolen card.", by=by, now=now)
    visit.page.goto("/wallet")


def _top_up_disputed(visit: Visit) -> None:
    paid = {"state": TopUpState.SUCCEEDED, "intent_id": "pi_1", "ended_at": timezone.now()}
    top_up = TopUpFactory.create(payer__user=visit.sign_in(), **paid)
    ChargebackFactory.create(top_up=top_up)
    visit.page.goto(f"/wallet/top-ups/{top_up.public_id}")


def _order_disputed(visit: Visit) -> None:
    order = _disputed(user=visit.sign_in())
    visit.page.goto(f"/orders/{order.public_id}")


def _earnings_disputed(visit: Visit) -> None:
    seller = visit.sign_in()
    _disputed(listing__vendor__user=seller)
    lost = _disputed(listing__vendor__user=UserFactory.create(), vendor=Vendor.objects.get())
    lost.chargebacks.update(state=ChargebackState.LOST, ended_at=timezone.now())
    visit.page.goto("/sell/earnings")


def _disputed(**facts: object) -> Order:
    order: Order = OrderFactory.create(
        method=OrderMethod.CARD,
        intent_id=f"pi_{Order.objects.count()}",
        disputed_cents=499,
        disputed_fee_cents=50,
        **facts,
    )
    ChargebackFactory.create(top_up=None, order=order, amount_cents=499, fee_cents=50)
    return order


def _earnings(visit: Visit) -> None:
    listing = ListingFactory.create(price_cents=499, vendor__user=visit.sign_in())
    OrderFactory.create(listing=listing)
    OrderFactory.create(listing=listing, created_at=timezone.now() - timedelta(days=8))
    visit.page.goto("/sell/earnings")


def _earnings_none(visit: Visit) -> None:
    VendorFactory.create(user=visit.sign_in())
    visit.page.goto("/sell/earnings")


def _top_up(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/top-up")


def _top_up_wrong(visit: Visit) -> None:
    _top_up(visit)
    visit.page.locator("form.form").evaluate("form => form.noValidate = true")
    visit.page.get_by_label("Amount").fill("1")
    visit.press("Go on to payment")


def _top_up_in(state: TopUpState) -> Callable[[Visit], None]:
    def show(visit: Visit) -> None:
        top_up = TopUpFactory.create(payer__user=visit.sign_in(), state=state)
        visit.page.goto(f"/wallet/top-ups/{top_up.public_id}")

    return show


def _cards_none(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/cards")


def _auto_top_up(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/auto-top-up")


def _auto_top_up_stopped(visit: Visit) -> None:
    payer = PayerFactory.create(user=visit.sign_in())
    AutoTopUp.objects.create(payer=payer, declines=2, stopped_at=timezone.now())
    visit.page.goto("/wallet/auto-top-up")


def _order_by_card(state: OrderState) -> Callable[[Visit], None]:
    def show(visit: Visit) -> None:
        order = OrderFactory.create(
            user=visit.sign_in(),
            method=OrderMethod.CARD,
            state=state,
            failure_code="card_declined" if state == OrderState.PENDING else "",
        )
        visit.page.goto(f"/orders/{order.public_id}")

    return show


def _seller_statement(visit: Visit) -> None:
    user = visit.sign_in()
    buyer: User = UserFactory.create()
    listing = ListingFactory.create(vendor__user=user, price_cents=499, title="W" * 80)
    money.fill(buyer, 1_000)
    by = Bearer(buyer, BUYER).actor
    checkout.purchase(Wanted(listing=listing.name), by=by, now=timezone.now(), may_pay=True)
    visit.page.goto(f"/sell/{listing.vendor.slug}/statement")


def _seller_statement_empty(visit: Visit) -> None:
    vendor = VendorFactory.create(user=visit.sign_in())
    visit.page.goto(f"/sell/{vendor.slug}/statement")


def _payout_set_up(visit: Visit) -> None:
    vendor = VendorFactory.create(user=visit.sign_in())
    visit.page.goto(f"/sell/{vendor.slug}/payouts")


def _policies(visit: Visit) -> None:
    SpendPolicyFactory.create(user=visit.sign_in(), name="W" * 80, is_active=False)
    visit.page.goto("/settings/policies")


def _policy_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/policies/new")


def _policy_wrong(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/policies/new")
    visit.page.get_by_label("Name").fill("Agents")
    visit.page.get_by_label("Only from these vendors").fill("nobody-sells-here")
    visit.press("Save")


def _policy_tried(visit: Visit) -> None:
    policy = SpendPolicy.objects.default_of(visit.sign_in())
    listing = ListingFactory.create(price_cents=30_000)
    visit.page.goto(f"/settings/policies/{policy.public_id}/simulate?listing={listing.name}")


def _token_policy(visit: Visit) -> None:
    token = Bearer(visit.sign_in(), BUYER).credential
    visit.page.goto(f"/settings/tokens/{token.public_id}/policy")


def _asked(visit: Visit) -> Approval:
    """Let a token of a signed-in person ask for something dear; return the question."""
    user = visit.sign_in()
    listing = ListingFactory.create(price_cents=30_000, title="W" * 80)
    buy(Bearer(user, BUYER).client, listing)
    return Approval.objects.get()


def _approvals(visit: Visit) -> None:
    _asked(visit)
    visit.page.goto("/approvals")


def _approvals_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/approvals")


def _approval(visit: Visit) -> None:
    visit.page.goto(f"/approvals/{_asked(visit).public_id}")


def _approval_given(visit: Visit) -> None:
    visit.page.goto(f"/approvals/{_asked(visit).public_id}")
    visit.press("Approve once")


PAGES: dict[str, Callable[[Visit], None]] = {
    "price": _price(499),
    "price-too-high": _price(50_000),
    "receipt": _receipt,
    "orders": _orders,
    "orders-empty": _orders_empty,
    "wallet": _wallet,
    "wallet-frozen": _wallet_frozen,
    "earnings": _earnings,
    "earnings-none": _earnings_none,
    "earnings-disputed": _earnings_disputed,
    "order-disputed": _order_disputed,
    "top-up-disputed": _top_up_disputed,
    "cards-none": _cards_none,
    "auto-top-up": _auto_top_up,
    "auto-top-up-stopped": _auto_top_up_stopped,
    "top-up": _top_up,
    "top-up-wrong": _top_up_wrong,
    "top-up-pending": _top_up_in(TopUpState.PENDING),
    "top-up-processing": _top_up_in(TopUpState.PROCESSING),
    "top-up-failed": _top_up_in(TopUpState.FAILED),
    "order-by-card": _order_by_card(OrderState.PENDING),
    "order-called-off": _order_by_card(OrderState.CANCELED),
    "seller-statement": _seller_statement,
    "seller-statement-empty": _seller_statement_empty,
    "payout-set-up": _payout_set_up,
    "policies": _policies,
    "policy-new": _policy_new,
    "policy-wrong": _policy_wrong,
    "policy-tried": _policy_tried,
    "token-policy": _token_policy,
    "approvals": _approvals,
    "approvals-empty": _approvals_empty,
    "approval": _approval,
    "approval-given": _approval_given,
}
