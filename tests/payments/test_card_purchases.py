"""Buying by card: asked for once, within every budget, through API and pages."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from catalog.models import Listing, ListingState
from payments import (
    card_purchases,
    stripe_port,
)
from payments.models import (
    Entitlement,
    Order,
    OrderMethod,
    OrderState,
)
from tests import signed_in
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.card_paying import ask, begun, pay, second_payment, settle, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider that is there."""
    return Bearer(bob, BUYER).client


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
