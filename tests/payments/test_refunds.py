"""Refunds: by buyers who have not used it, by staff in part or whole; and whose money it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from catalog import pricing
from catalog.models import Listing
from payments import accounts, earnings, entitlements, ledger, ledger_check, orders, refunds
from payments.errors import InvalidRefund, NotRefundable
from payments.ledger import Entry
from payments.models import AccountKind, Entitlement, Order, Refund
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_PRICE, _FEE, _SELLER = 499, 50, 449


@pytest.fixture
def listing(alice: User) -> Listing:
    made: Listing = ListingFactory.create(price_cents=_PRICE, vendor__user=alice)
    return made


@pytest.fixture
def buyer(bob: User) -> Bearer:
    fill(bob, 5_000)
    return Bearer(bob, BUYER)


@pytest.fixture
def order(listing: Listing, buyer: Bearer) -> Order:
    """Bob has paid for it a moment ago."""
    with transaction.atomic():
        orders.buy_from_wallet(
            listing, Wanted(listing=listing.name), by=buyer.actor, now=timezone.now()
        )
    return Order.objects.select_related("listing", "vendor").get()


@pytest.fixture
def staff() -> Actor:
    return Actor.staff(UserFactory.create(username="staff", is_staff=True), origin=Origin())


def balances(order: Order) -> tuple[int, int, int]:
    """Return what the buyer, the seller and the marketplace have."""
    assert order.user is not None
    of = (
        accounts.wallet_of(order.user),
        accounts.payable_of(order.vendor),
        accounts.ours(AccountKind.FEES),
    )
    return tuple(map(ledger.balance_of, of))  # type: ignore[return-value]  # there are three


def has_it(order: Order) -> bool:
    return Entitlement.objects.active().filter(order=order).exists()


def books_are_right() -> bool:
    return list(ledger_check.faults()) == []


def again(order: Order) -> Order:
    """Return an order as it is now."""
    return Order.objects.select_related("listing", "vendor").get(pk=order.pk)


class TestByTheBuyer:
    def test_the_whole_price_comes_back_and_the_package_goes(
        self, order: Order, buyer: Bearer
    ) -> None:
        refund = refunds.take_back(order, by=buyer.actor, now=timezone.now())
        assert (refund.amount_cents, refund.fee_cents) == (_PRICE, _FEE)
        assert balances(order) == (5_000, 0, 0)
        assert not has_it(order)
        assert again(order).is_refunded
        event = Event.objects.get(action=Action.ORDER_REFUNDED)
        assert (event.subject, event.chain) == (refund.subject, "financial")
        assert books_are_right()

    def test_it_can_be_bought_again(self, order: Order, buyer: Bearer, listing: Listing) -> None:
        refunds.take_back(order, by=buyer.actor, now=timezone.now())
        with transaction.atomic():
            bought = orders.buy_from_wallet(
                listing, Wanted(listing=listing.name), by=buyer.actor, now=timezone.now()
            )
        assert bought.is_new
        assert books_are_right()

    def test_twice_is_once(self, order: Order, buyer: Bearer) -> None:
        refunds.take_back(order, by=buyer.actor, now=timezone.now())
        with pytest.raises(NotRefundable, match="refunded"):
            refunds.take_back(order, by=buyer.actor, now=timezone.now())
        assert balances(order) == (5_000, 0, 0)

    @pytest.mark.parametrize(("days", "reason"), [(13.99, ""), (14, "too_late"), (400, "too_late")])
    def test_two_weeks_are_the_limit(self, order: Order, days: float, reason: str) -> None:
        assert order.paid_at
        assert refunds.why_not(order, now=order.paid_at + timedelta(days=days)) == reason

    def test_what_was_fetched_stays(self, order: Order, buyer: Bearer) -> None:
        assert entitlements.use(Entitlement.objects.get(), now=timezone.now())
        with pytest.raises(NotRefundable, match="used"):
            refunds.take_back(order, by=buyer.actor, now=timezone.now())
        assert has_it(order)

    def test_what_was_taken_back_is_not_fetched(self, order: Order, buyer: Bearer) -> None:
        known = Entitlement.objects.get()
        refunds.take_back(order, by=buyer.actor, now=timezone.now())
        assert not entitlements.use(known, now=timezone.now())

    def test_the_buyer_is_told(
        self,
        order: Order,
        buyer: Bearer,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            refunds.take_back(order, by=buyer.actor, now=timezone.now())
        [letter] = mailbox
        assert "$4.99" in letter.body
        assert "no longer in your library" in letter.body


class TestByStaff:
    def test_a_part_comes_back_in_proportion_and_the_package_stays(
        self, order: Order, staff: Actor
    ) -> None:
        refund = refunds.refund(
            order, amount_cents=300, reason="late", by=staff, now=timezone.now()
        )
        assert refund.fee_cents == 30
        assert balances(order) == (5_000 - _PRICE + 300, _SELLER - 270, _FEE - 30)
        assert has_it(order)
        assert books_are_right()

    @given(parts=st.lists(st.integers(1, 400), min_size=1, max_size=5))
    def test_parts_of_a_fee_add_up_to_the_fee(self, parts: list[int]) -> None:
        price, fee = sum(parts), sum(parts) // 10
        taken = before = 0
        for part in parts:
            taken += part
            share = pricing.fee_within(fee, part_cents=taken, price_cents=price)
            assert 0 <= share - before <= part
            before = share
        assert before == fee

    def test_the_last_part_takes_the_package(self, order: Order, staff: Actor) -> None:
        for cents in (1, 98, 400):
            refunds.refund(
                again(order), amount_cents=cents, reason="r", by=staff, now=timezone.now()
            )
        assert balances(order) == (5_000, 0, 0)
        assert not has_it(order)
        assert books_are_right()

    def test_what_was_fetched_and_is_old_can_be_refunded(self, order: Order, staff: Actor) -> None:
        entitlements.use(Entitlement.objects.get(), now=timezone.now())
        later = timezone.now() + timedelta(days=100)
        refunds.refund(order, amount_cents=_PRICE, reason="broken", by=staff, now=later)
        assert not has_it(order)

    @pytest.mark.parametrize("cents", [0, -1, _PRICE + 1, 10**12])
    def test_more_than_is_left_or_less_than_a_cent_is_refused(
        self, order: Order, staff: Actor, cents: int
    ) -> None:
        with pytest.raises(InvalidRefund):
            refunds.refund(order, amount_cents=cents, reason="r", by=staff, now=timezone.now())
        assert Refund.objects.count() == 0

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
    def test_staff_says_why(self, order: Order, staff: Actor, reason: str) -> None:
        with pytest.raises(InvalidRefund):
            refunds.refund(order, amount_cents=1, reason=reason, by=staff, now=timezone.now())

    def test_nothing_is_left_of_what_was_refunded(self, order: Order, staff: Actor) -> None:
        refunds.refund(order, amount_cents=_PRICE, reason="r", by=staff, now=timezone.now())
        with pytest.raises(NotRefundable):
            refunds.refund(again(order), amount_cents=1, reason="r", by=staff, now=timezone.now())


class TestWhoseMoneyItIs:
    def _paid_out(self, order: Order, cents: int) -> None:
        payable, provider = accounts.payable_of(order.vendor), accounts.ours(AccountKind.PROVIDER)
        with transaction.atomic():
            ledger.post("payout:1", [Entry("paid", payable, provider, cents)], now=timezone.now())

    def test_a_seller_who_was_paid_out_comes_to_owe_it(self, order: Order, staff: Actor) -> None:
        self._paid_out(order, _SELLER)
        refunds.refund(order, amount_cents=_PRICE, reason="r", by=staff, now=timezone.now())
        assert balances(order) == (5_000, -_SELLER, 0)
        assert earnings.of(order.vendor, now=timezone.now()).available_cents == 0

    def test_beyond_the_cap_it_is_a_receivable(self, order: Order, staff: Actor) -> None:
        payable = accounts.payable_of(order.vendor)
        self._paid_out(order, _SELLER - payable.floor_cents - 100)
        refund = refunds.refund(
            order, amount_cents=_PRICE, reason="r", by=staff, now=timezone.now()
        )
        assert refund.receivable_cents == _SELLER - 100
        owes = ledger.balance_of(accounts.receivable_of(order.vendor))
        assert owes == -refund.receivable_cents
        assert balances(order) == (5_000, payable.floor_cents, 0)
        assert books_are_right()

    def test_what_is_held_shrinks_with_it(self, order: Order, staff: Actor) -> None:
        refunds.refund(order, amount_cents=300, reason="r", by=staff, now=timezone.now())
        assert again(order).earned_cents == _SELLER - 270
        assert earnings.of(order.vendor, now=timezone.now()).held_cents == _SELLER - 270


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "change",
        [
            {"refunded_cents": _PRICE + 1},
            {"refunded_cents": 10, "refunded_fee_cents": _FEE + 1},
            {"refunded_cents": _PRICE, "refunded_fee_cents": 0},
        ],
        ids=str,
    )
    def test_an_order_that_gave_back_more_than_it_took(
        self, order: Order, change: dict[str, int]
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.update(**change)

    def test_a_refund_that_is_changed_or_deleted(self, order: Order, buyer: Bearer) -> None:
        refunds.take_back(order, by=buyer.actor, now=timezone.now())
        for act in (lambda: Refund.objects.update(amount_cents=1), Refund.objects.all().delete):
            with (
                pytest.raises(Exception, match=r"append-only|permission denied"),
                transaction.atomic(),
            ):
                act()


class TestThroughTheApi:
    @pytest.fixture
    def send(self, buyer: Bearer, order: Order) -> Callable[..., Any]:
        def post(key: str | None = "k1", client: Client | None = None) -> Any:
            headers = {"Idempotency-Key": key} if key else {}
            return (client or buyer.client).post(
                f"/v1/orders/{order.public_id}/refund", {}, "application/json", headers=headers
            )

        return post

    def test_it_is_done_once_and_answered_alike(self, send: Callable[..., Any]) -> None:
        first, second = send(), send()
        assert first.status_code == 201
        assert first.json()["amountCents"] == _PRICE
        assert second.content == first.content
        assert second["Idempotent-Replayed"] == "true"
        assert Refund.objects.count() == 1

    def test_another_key_is_told_that_it_is_done(self, send: Callable[..., Any]) -> None:
        send()
        answer = send("k2")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_refundable")
        assert answer.json()["details"] == {"reason": "refunded"}

    def test_a_key_is_needed(self, send: Callable[..., Any]) -> None:
        assert send(None).status_code == 400

    def test_somebody_elses_order_does_not_exist(
        self, send: Callable[..., Any], charlie: User
    ) -> None:
        assert send(client=Bearer(charlie, BUYER).client).status_code == 404
        assert Refund.objects.count() == 0

    def test_a_token_that_may_not_buy_may_not_give_back(
        self, send: Callable[..., Any], bob: User
    ) -> None:
        assert send(client=Bearer(bob, "read").client).status_code == 403


class TestOnThePage:
    def test_the_order_offers_it_until_it_is_fetched(self, order: Order, bob: User) -> None:
        client = Client()
        sign_in(client, bob)
        page = f"/orders/{order.public_id}"
        assert "Take it back" in client.get(page).content.decode()
        answer = client.post(f"{page}/refund", follow=True)
        text = answer.content.decode()
        assert "The money is back in your wallet." in text
        assert "Take it back" not in text
        assert "Money went back" in client.post(f"{page}/refund", follow=True).content.decode()

    def test_its_seller_sees_that_nothing_is_to_come(
        self, order: Order, buyer: Bearer, alice: User, now: datetime
    ) -> None:
        refunds.take_back(order, by=buyer.actor, now=now)
        client = Client()
        sign_in(client, alice)
        page = client.get("/sell/earnings").content.decode()
        assert "Refunded" in page
        assert "available on" not in page
        assert earnings.of(order.vendor, now=now).next_at is None

    def test_somebody_elses_does_not_exist(self, order: Order, charlie: User) -> None:
        client = Client()
        sign_in(client, charlie)
        assert client.post(f"/orders/{order.public_id}/refund").status_code == 404


def test_the_window_is_the_operators(order: Order, settings: Settings, now: datetime) -> None:
    settings.REFUND_WINDOW = timedelta(0)
    assert order.paid_at
    assert refunds.why_not(order, now=order.paid_at) == "too_late"
