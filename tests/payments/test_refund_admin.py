"""Staff gives money back in the admin, and deals with refunds that the provider refuses."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing
from payments import checkout
from payments.models import CardRefund, CardRefundState, Order
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.payments.paying import balance
from tests.releases.people import at_work

pytestmark = pytest.mark.django_db


def staff(group: str) -> Client:
    """Return the browser of somebody of a group."""
    return at_work(group)[0]


@pytest.fixture
def order(bob: User) -> Order:
    """Bob has paid 4.99 from his wallet."""
    listing: Listing = ListingFactory.create(price_cents=499)
    fill(bob, 499)
    by = Bearer(bob, BUYER).actor
    checkout.purchase(Wanted(listing=listing.name), by=by, now=timezone.now(), may_pay=True)
    return Order.objects.get()


def path(order: Order) -> str:
    return f"/admin/payments/order/{order.pk}/refund/"


def test_finance_refunds_a_part_with_a_reason(order: Order, bob: User) -> None:
    finance = staff("finance")
    assert path(order) in finance.get(f"/admin/payments/order/{order.pk}/change/").content.decode()
    assert "At most 4.99." in finance.get(path(order)).content.decode()
    answer = finance.post(path(order), {"amount": "2.00", "reason": "It was late."})
    assert answer.status_code == 302
    assert (balance(bob), Order.objects.get().refunded_cents) == (200, 200)
    assert "At most 2.99." in finance.get(path(order)).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"amount": "5.00", "reason": "x"},
        {"amount": "0", "reason": "x"},
        {"amount": "-1", "reason": "x"},
        {"amount": "1.001", "reason": "x"},
        {"amount": "much", "reason": "x"},
        {"amount": "1.00", "reason": " "},
        {},
    ],
)
def test_what_cannot_be_refunded_is_said_on_the_form(
    order: Order, bob: User, form: dict[str, Any]
) -> None:
    answer = staff("finance").post(path(order), form)
    assert (answer.status_code, balance(bob)) == (200, 0)
    assert not form or "errorlist" in answer.content.decode()


@pytest.mark.parametrize("group", ["support", "moderator"])
def test_others_of_the_staff_may_not(order: Order, bob: User, group: str) -> None:
    somebody = staff(group)
    assert somebody.get(path(order)).status_code == 403
    assert somebody.post(path(order), {"amount": "1.00", "reason": "x"}).status_code == 403
    assert balance(bob) == 0


def test_a_refused_refund_to_a_card_is_put_into_the_wallet(order: Order, bob: User) -> None:
    Order.objects.update(refunded_cents=0)
    back = CardRefund.objects.create(
        order=order,
        intent_id="pi_1",
        amount_cents=499,
        currency="USD",
        state=CardRefundState.FAILED,
        problem="charge_disputed",
    )
    chosen = {"action": "credit_instead", "_selected_action": [back.pk]}
    shown = staff("support").post("/admin/payments/cardrefund/", chosen)
    assert balance(bob) == 0
    shown = staff("finance").post("/admin/payments/cardrefund/", chosen, follow=True)
    assert "1 put into wallets." in shown.content.decode()
    back.refresh_from_db()
    assert (back.state, balance(bob)) == (CardRefundState.CREDITED, 499)
