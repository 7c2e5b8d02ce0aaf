"""Buying by card: the price is held, the card is charged at the provider, and paid means had."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from payments import (
    accounts,
    card_purchase_outcomes,
    card_purchases,
    card_refunds,
    ledger,
    ledger_check,
    payers,
    reconciliation,
    stripe_port,
)
from payments.errors import PaymentMismatch
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Entitlement,
    Order,
    OrderMethod,
    OrderState,
)
from payments.pending import SUBJECT
from payments.stripe_port import Charge, Intent
from tests import signed_in
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.paying import balance, hand_in

pytestmark = pytest.mark.django_db
_KEYS = itertools.count()


@pytest.fixture
def listing() -> Listing:
    """A listing of 4.99."""
    return ListingFactory.create(price_cents=499)


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider that is there."""
    return Bearer(bob, BUYER).client


@pytest.fixture(autouse=True)
def _books_balance() -> Any:
    """Whatever a test does, the books are right afterwards."""
    yield
    assert list(ledger_check.faults()) == []


def ask(client: Client, listing: Listing, *, key: str = "", **more: object) -> Any:
    return client.post(
        "/v1/purchases",
        {"listing": listing.name, "useWallet": False, **more},
        content_type="application/json",
        headers={"Idempotency-Key": key or f"card-{next(_KEYS)}"},
    )


def begun(client: Client, listing: Listing) -> Order:
    answer = ask(client, listing)
    assert answer.status_code == 202, answer.json()
    return Order.objects.with_buyer().get(public_id=answer.json()["orderId"])


def pay(sandbox: PaymentSandbox, order: Order, act: str = "pay", **form: str) -> None:
    sandbox.control(f"intents/{order.intent_id}/{act}", **form)


def shown(order: Order) -> Intent:
    return stripe_port.retrieve_intent(order.intent_id or "")


def settle(order: Order) -> Order:
    card_purchase_outcomes.bear(order.public_id, shown(order), now=timezone.now())
    return Order.objects.with_buyer().get(pk=order.pk)


def second_payment(order: Order) -> Intent:
    """Make another payment for an order, as an attempt that nobody heard of would."""
    customer_id = payers.customer_of(payers.payer_of(order.buyer))
    charge = Charge(
        amount_cents=order.price_cents,
        currency="USD",
        customer_id=customer_id,
        metadata={SUBJECT: order.public_id},
    )
    return stripe_port.create_intent(charge, key=f"{order.public_id}:another")


class TestAsking:
    def test_it_answers_what_a_person_needs_to_pay(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        answer = ask(client, listing)
        order = Order.objects.get()
        assert answer.status_code == 202
        assert answer.json() == {
            "orderId": order.public_id,
            "listing": listing.name,
            "priceCents": 499,
            "status": "pending",
            "clientSecret": shown(order).client_secret,
            "payUrl": card_purchases.pay_url_of(order),
        }
        assert (order.state, order.method, order.user) == (OrderState.PENDING, "card", bob)
        assert not Entitlement.objects.exists()

    def test_the_same_key_does_it_once(self, client: Client, listing: Listing) -> None:
        first, again = ask(client, listing, key="a"), ask(client, listing, key="a")
        assert again["Idempotent-Replayed"] == "true"
        assert again.content == first.content
        assert Order.objects.count() == len(stripe_port.list_intents()) == 1

    def test_another_key_finds_the_order_that_waits(self, client: Client, listing: Listing) -> None:
        assert ask(client, listing).json() == ask(client, listing).json()
        assert Order.objects.count() == len(stripe_port.list_intents()) == 1

    def test_an_order_of_another_price_is_called_off(
        self,
        client: Client,
        listing: Listing,
        django_capture_on_commit_callbacks: Any,
        sandbox: PaymentSandbox,
    ) -> None:
        old = begun(client, listing)
        Listing.objects.filter(pk=listing.pk).update(price_cents=299)
        new = begun(client, listing)
        old.refresh_from_db()
        assert (old.state, new.state, new.price_cents) == ("canceled", "pending", 299)
        card_purchases.call_off(old.pk)
        assert shown(old).status == "canceled"

    def test_without_a_key_nothing_is_begun(self, client: Client, listing: Listing) -> None:
        wanted = {"listing": listing.name, "useWallet": False}
        answer = client.post("/v1/purchases", wanted, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        assert not Order.objects.exists()

    def test_what_is_free_or_had_costs_nothing(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        free = ask(client, ListingFactory.create(price_cents=0))
        assert (free.status_code, free.json()["status"]) == (201, "granted")
        order = begun(client, listing)
        pay(sandbox, order)
        settle(order)
        again = ask(client, listing)
        assert (again.status_code, again.json()["orderId"]) == (200, order.public_id)
        assert Order.objects.count() == 1

    def test_a_price_above_the_agreed_is_refused(self, client: Client, listing: Listing) -> None:
        answer = ask(client, listing, maxPriceCents=498)
        assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")

    def test_ones_own_and_what_is_off_the_shelf_are_refused(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        own: Listing = ListingFactory.create(price_cents=499, vendor__user=bob)
        assert ask(client, own).json()["code"] == "own_listing"
        Listing.objects.filter(pk=listing.pk).update(state=ListingState.RETIRED)
        assert ask(client, listing).json()["code"] in {"not_offered", "not_found"}
        assert not Order.objects.exists()

    def test_a_site_without_payments_refuses(
        self, client: Client, listing: Listing, settings: Any
    ) -> None:
        settings.PAYMENTS_ENABLED = False
        assert ask(client, listing).json()["code"] == "payment_unavailable"

    def test_a_provider_that_is_away_leaves_the_key_to_go_on(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault="rate_limited", times="1")
        assert ask(client, listing, key="a").status_code == 503
        answer = ask(client, listing, key="a")
        assert answer.status_code == 202
        assert Order.objects.count() == len(stripe_port.list_intents()) == 1

    def test_one_that_was_paid_meanwhile_is_had(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        pay(sandbox, begun(client, listing))
        assert ask(client, listing, key="a").status_code == 409
        assert ask(client, listing, key="a").status_code == 200

    def test_all_who_ask_are_led_to_one_payment(self, client: Client, listing: Listing) -> None:
        order = begun(client, listing)
        stranger = second_payment(order)
        # As if the first had been made at the same moment, and had come in second.
        late = Order.objects.with_buyer().get(pk=order.pk)
        Order.objects.filter(pk=order.pk).update(intent_id=stranger.id)
        assert card_purchases.reach(late, now=timezone.now()) == stranger

    def test_a_time_out_after_commit_makes_no_second_payment(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control(
            "faults", path="/v1/payment_intents", fault="timeout_after_commit", times="3"
        )
        assert ask(client, listing, key="a").status_code == 503
        assert ask(client, listing, key="a").status_code == 202
        assert len(stripe_port.list_intents()) == 1


class TestBudgets:
    def test_an_order_that_waits_holds_its_price(self, bob: User, sandbox: PaymentSandbox) -> None:
        policy = SpendPolicyFactory.create(
            user=bob, daily_limit_cents=700, require_approval_above_cents=600
        )
        client = Bearer(bob, BUYER, spend_policy=policy).client
        first, second = ListingFactory.create_batch(2, price_cents=400)
        order = begun(client, first)
        assert ask(client, second).json()["code"] == "approval_required"
        client.post(f"/v1/orders/{order.public_id}/cancellation", content_type="application/json")
        assert ask(client, second).status_code == 202

    def test_asking_again_counts_it_once(self, bob: User, sandbox: PaymentSandbox) -> None:
        policy = SpendPolicyFactory.create(
            user=bob, daily_limit_cents=700, require_approval_above_cents=600
        )
        client = Bearer(bob, BUYER, spend_policy=policy).client
        listing = ListingFactory.create(price_cents=400)
        assert begun(client, listing) == begun(client, listing)

    def test_who_may_not_buy_it_is_not_told_how_another_pays_it(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        begun(client, listing)
        policy = SpendPolicyFactory.create(user=bob, require_approval_above_cents=100)
        other = Bearer(bob, BUYER, spend_policy=policy).client
        answer = ask(other, listing)
        assert (answer.status_code, answer.json()["code"]) == (402, "approval_required")

    def test_an_organization_pays_for_itself(
        self, bob: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        organization: Organization = OrganizationFactory.create()
        order = begun(Bearer(bob, BUYER, organization=organization).client, listing)
        pay(sandbox, order)
        settle(order)
        given = Entitlement.objects.get()
        assert (given.organization, given.user, given.order) == (organization, None, order)


class TestPaying:
    def test_a_paid_order_is_had_and_posted(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        order = settle(order)
        assert (order.state, order.is_paid, order.check_at) == (OrderState.PAID, True, None)
        given = Entitlement.objects.get()
        assert (given.user, given.listing, given.order) == (bob, listing, order)
        assert balance(bob) == 0
        assert ledger.balance_of(accounts.payable_of(order.vendor)) == 449
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499

    def test_twenty_deliveries_pay_once(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox, receiver: Receiver
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        hand_in(receiver, events=1)
        for _ in range(20):
            settle(order)
        assert Entitlement.objects.count() == 1
        assert Event.objects.filter(action=Action.ORDER_PAID).count() == 1

    def test_a_declined_card_leaves_it_to_another(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order, "decline")
        order = settle(order)
        assert order.is_pending
        assert order.failure_code
        pay(sandbox, order)
        order = settle(order)
        assert (order.is_paid, order.failure_code) == (True, "")

    def test_another_payers_money_is_no_payment(
        self, client: Client, bob: User, charlie: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        stranger = payers.customer_of(payers.payer_of(charlie))
        charge = Charge(
            amount_cents=499,
            currency="USD",
            customer_id=stranger,
            metadata={SUBJECT: order.public_id},
        )
        foreign = stripe_port.create_intent(charge, key="x")
        with pytest.raises(PaymentMismatch):
            card_purchase_outcomes.bear(order.public_id, foreign, now=timezone.now())
        order.refresh_from_db()
        assert order.is_pending


class TestPaymentsInVain:
    def given_back(self) -> CardRefund:
        back = CardRefund.objects.get()
        card_refunds.send(back.pk)
        back.refresh_from_db()
        return back

    def test_a_second_payment_goes_back(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        settle(order)
        second = second_payment(order)
        sandbox.control(f"intents/{second.id}/pay")
        second = stripe_port.retrieve_intent(second.id)
        for _ in range(3):
            card_purchase_outcomes.bear(order.public_id, second, now=timezone.now())
        back = self.given_back()
        assert (back.state, back.amount_cents) == (CardRefundState.SUCCEEDED, 499)
        order.refresh_from_db()
        assert (order.is_paid, order.refunded_cents) == (True, 0)
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0

    @pytest.mark.parametrize("why", ["already_owned", "not_offered", "order_ended"])
    def test_what_can_buy_nothing_any_more_goes_back(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox, why: str
    ) -> None:
        order = begun(client, listing)
        if why == "already_owned":
            Entitlement.objects.create(listing=listing, user=bob, source="free")
        elif why == "not_offered":
            Listing.objects.filter(pk=listing.pk).update(state=ListingState.RETIRED)
        else:
            card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())
        pay(sandbox, order)
        order = settle(settle(order))
        assert order.state == OrderState.CANCELED
        assert self.given_back().state == CardRefundState.SUCCEEDED
        recorded = Event.objects.get(action=Action.PAYMENT_GIVEN_BACK)
        assert json.loads(recorded.data)["why"] == why
        assert sandbox.totals["refunds"] == 499

    def test_the_days_comparison_knows_it(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())
        pay(sandbox, order)
        now = timezone.now()
        found = reconciliation.compare_and_mend(
            since=now - timedelta(days=1), until=now + timedelta(minutes=1), now=now
        )
        assert (dict(found.differing), found.ledger_cents) == ({}, 499)

    def test_one_that_the_card_turns_away_is_in_the_wallet(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        intent = second_payment(order)
        pay(sandbox, order)
        settle(order)
        sandbox.control(f"intents/{intent.id}/pay")
        paid = stripe_port.retrieve_intent(intent.id)
        card_purchase_outcomes.bear(order.public_id, paid, now=timezone.now())
        card_refunds.send(self.given_back().pk)
        refund_id = self.given_back().provider_refund_id or ""
        sandbox.control(f"refunds/{refund_id}/fail")
        card_refunds.settle(refund_id, now=timezone.now())
        assert balance(bob) == 499
        later = timezone.now() + timedelta(hours=1)
        found = reconciliation.compare(since=later - timedelta(days=1), until=later)
        assert (found.ledger_cents, found.differing) == (998, {})


class TestEnding:
    def test_its_buyer_calls_it_off(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        answer = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (answer.status_code, answer.json()["state"]) == (200, "canceled")
        assert shown(order).status == "canceled"
        ended = Event.objects.get(action=Action.ORDER_ENDED)
        assert ended.actor_id == order.placed_by.public_id
        again = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (again.status_code, again.json()["code"]) == (409, "order_not_pending")

    def test_what_was_paid_meanwhile_is_not_called_off(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        answer = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (answer.status_code, answer.json()["details"]) == (409, {"state": "paid"})
        assert Entitlement.objects.filter(order=order).exists()

    def test_a_strangers_order_is_not_there(
        self, client: Client, charlie: User, listing: Listing
    ) -> None:
        path = f"/v1/orders/{begun(client, listing).public_id}"
        stranger = Bearer(charlie, BUYER).client
        assert stranger.get(path).status_code == 404
        assert (
            stranger.post(f"{path}/cancellation", content_type="application/json").status_code
            == 404
        )

    @pytest.mark.parametrize("is_bought", [False, True])
    def test_nobody_pays_what_is_late_or_had(
        self,
        client: Client,
        bob: User,
        listing: Listing,
        sandbox: PaymentSandbox,
        is_bought: bool,  # noqa: FBT001 (a parameter of the test)
    ) -> None:
        order = begun(client, listing)
        wait = card_purchases.CHECK_AFTER if is_bought else card_purchases.EXPIRES
        if is_bought:
            Entitlement.objects.create(listing=listing, user=bob, source="free")
        reconciliation.reconcile("ord", order.pk, now=order.created_at + wait)
        order.refresh_from_db()
        assert (order.state, shown(order).status) == (OrderState.CANCELED, "canceled")

    def test_a_payment_that_nobody_told_of_is_found(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        Order.objects.filter(pk=order.pk).update(intent_id=None)
        reconciliation.reconcile("ord", order.pk, now=order.created_at + timedelta(minutes=3))
        assert Entitlement.objects.filter(order=order).exists()

    def test_an_order_that_the_provider_never_got_is_given_up(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault="timeout_before", times="3")
        assert ask(client, listing).status_code == 503
        order = Order.objects.get()
        reconciliation.reconcile("ord", order.pk, now=order.created_at + timedelta(minutes=11))
        order.refresh_from_db()
        assert order.state == OrderState.CANCELED


class TestRefunds:
    @pytest.fixture
    def order(self, client: Client, listing: Listing, sandbox: PaymentSandbox) -> Order:
        order = begun(client, listing)
        pay(sandbox, order)
        return settle(order)

    def take_back(self, client: Client, order: Order) -> CardRefund:
        answer = client.post(
            f"/v1/orders/{order.public_id}/refund",
            content_type="application/json",
            headers={"Idempotency-Key": "back"},
        )
        assert answer.status_code == 201, answer.json()
        return CardRefund.objects.get()

    def test_it_goes_back_to_the_card(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 499
        card_refunds.send(back.pk)
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.SUCCEEDED, 0)
        assert sandbox.totals["refunds"] == 499
        for kind in (AccountKind.IN_TRANSIT, AccountKind.PROVIDER, AccountKind.FEES):
            assert ledger.balance_of(accounts.ours(kind)) == 0
        assert not Entitlement.objects.active().exists()

    def test_a_time_out_after_commit_sends_it_once(
        self, client: Client, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        sandbox.control("faults", path="/v1/refunds", fault="timeout_after_commit", times="3")
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, back.checks) == (CardRefundState.PENDING, 1)
        CardRefund.objects.update(check_at=timezone.now())
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert back.state == CardRefundState.SUCCEEDED
        assert len(stripe_port.list_refunds(order.intent_id or "")) == 1

    def test_a_key_that_only_ever_fails_is_given_up_after_a_look(
        self, client: Client, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        sandbox.control("faults", path="/v1/refunds", fault="server_error_saved", times="1")
        for _ in range(3):
            CardRefund.objects.update(check_at=timezone.now())
            card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, back.attempt) == (CardRefundState.SUCCEEDED, 2)
        assert sandbox.totals["refunds"] == 499

    def test_a_card_that_takes_nothing_fills_the_wallet(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        refund = stripe_port.create_refund(
            back.intent_id,
            amount_cents=499,
            metadata={SUBJECT: back.public_id, "sandbox_refund": "failed"},
            key="by hand",
        )
        assert card_refunds.settle(refund.id, now=timezone.now())
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.CREDITED, 499)
        assert not CardRefund.objects.overdue(now=timezone.now() + timedelta(days=9)).exists()

    def test_a_card_that_turns_it_away_later_fills_the_wallet(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert back.state == CardRefundState.SUCCEEDED
        sandbox.control(f"refunds/{back.provider_refund_id}/fail")
        for _ in range(2):
            card_refunds.settle(back.provider_refund_id or "", now=timezone.now())
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.CREDITED, 499)
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499

    def test_what_the_provider_refuses_waits_for_staff(
        self, client: Client, alice: User, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        stripe_port.create_refund(back.intent_id, amount_cents=1, metadata={}, key="by hand")
        card_refunds.send(back.pk)
        back = CardRefund.objects.with_order().get()
        assert (back.state, bool(back.problem)) == (CardRefundState.FAILED, True)
        card_refunds.credit_instead(back, by=Bearer(alice, BUYER).actor, now=timezone.now())
        assert balance(bob) == 499

    def test_the_sweep_finds_what_nobody_sent(self, client: Client, order: Order) -> None:
        self.take_back(client, order)
        assert card_refunds.sweep() == 1


class TestPages:
    @pytest.fixture
    def browser(self, bob: User, sandbox: PaymentSandbox) -> Client:
        client = Client()
        signed_in.sign_in(client, bob)
        return client

    def test_a_card_is_asked_for_at_the_provider(
        self, browser: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        path = f"/{listing.name}/purchase"
        page = browser.get(path).content.decode()
        assert "by card" in page
        answer = browser.post(path, {"price_cents": "499", "pay_with": "card"})
        order = Order.objects.with_buyer().get()
        assert answer["Location"] == f"/orders/{order.public_id}"
        assert f"/orders/{order.public_id}/pay" in browser.get(answer["Location"]).content.decode()
        there = browser.get(f"/orders/{order.public_id}/pay")["Location"]
        assert there.startswith(f"{sandbox.url}/confirm/")
        order.refresh_from_db()
        pay(sandbox, Order.objects.get())
        page = browser.get(f"/orders/{order.public_id}").content.decode()
        assert "Receipt" in page
        assert Entitlement.objects.filter(order=order).exists()

    def test_pressing_twice_begins_one(
        self, browser: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        form = {"price_cents": "499", "pay_with": "card"}
        first = browser.post(f"/{listing.name}/purchase", form)
        assert browser.post(f"/{listing.name}/purchase", form)["Location"] == first["Location"]

    def test_one_that_is_paid_already_is_not_asked_for_a_card(
        self, browser: Client, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        answer = browser.get(f"/orders/{order.public_id}/pay")
        assert answer["Location"] == f"/orders/{order.public_id}"

    def test_it_is_called_off_in_the_browser(
        self, browser: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        browser.post(f"/{listing.name}/purchase", {"price_cents": "499", "pay_with": "card"})
        order = Order.objects.get()
        page = browser.get(f"/orders/{order.public_id}").content.decode()
        assert "Call it off" in page
        browser.post(f"/orders/{order.public_id}/cancellation")
        page = browser.get(f"/orders/{order.public_id}").content.decode()
        assert "Called off. Nothing was taken." in page
        order.refresh_from_db()
        assert (order.method, order.state) == (OrderMethod.CARD, OrderState.CANCELED)
