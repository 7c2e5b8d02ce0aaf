"""Orders: what the database refuses, and who sees which."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from payments.models import Order, OrderMethod, OrderState, Source
from tests.bearer import Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.payments import EntitlementFactory, OrderFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

CARD = {"method": OrderMethod.CARD, "state": OrderState.PENDING}


class TestTheDatabaseRefuses:
    """Whatever writes, these never come to be."""

    @pytest.mark.parametrize(
        "change",
        [
            {"user": None},
            {"price_cents": 0},
            {"price_cents": 49},
            {"fee_cents": 500},
            {"currency": "usd"},
            {"method": "cash"},
            {"state": "lost"},
            {"state": OrderState.PENDING},
            {"state": OrderState.FAILED, "paid_at": None, "available_at": None},
            {"paid_at": None},
            {"available_at": None},
            {"available_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")},
            {"intent_id": "pi_1"},
            {"method": OrderMethod.CARD},
            {"method": OrderMethod.CARD, "intent_id": ""},
        ],
        ids=str,
    )
    def test_a_paid_order_that_contradicts_itself(self, change: dict[str, object]) -> None:
        OrderFactory.create()
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.update(**change)

    def test_two_buyers_of_one_order(self, bob: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderFactory.create(user=bob, organization=OrganizationFactory.create())

    def test_two_pending_orders_of_one_person_for_one_listing(self, bob: User) -> None:
        first = OrderFactory.create(user=bob, **CARD)
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderFactory.create(user=bob, listing=first.listing, **CARD)
        OrderFactory.create(listing=first.listing, **CARD)

    def test_two_pending_orders_of_one_organization_for_one_listing(self) -> None:
        buyer = {"user": None, "organization": OrganizationFactory.create()}
        first = OrderFactory.create(**buyer, **CARD)
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderFactory.create(**buyer, listing=first.listing, **CARD)

    def test_one_payment_of_the_provider_for_two_orders(self) -> None:
        OrderFactory.create(intent_id="pi_1", **CARD)
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderFactory.create(intent_id="pi_1", **CARD)

    def test_two_entitlements_of_one_order(self) -> None:
        order = OrderFactory.create()
        EntitlementFactory.create(source=Source.PURCHASE, order=order)
        with pytest.raises(IntegrityError), transaction.atomic():
            EntitlementFactory.create(source=Source.PURCHASE, order=order)

    def test_a_bought_entitlement_without_an_order(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            EntitlementFactory.create(source=Source.PURCHASE)

    def test_a_free_entitlement_with_an_order(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            EntitlementFactory.create(order=OrderFactory.create())


class TestTheApi:
    """`/v1/orders`: one's own, newest first."""

    def test_an_order_tells_what_was_bought(self, bob: User) -> None:
        order = OrderFactory.create(user=bob)
        held = EntitlementFactory.create(
            source=Source.PURCHASE, order=order, user=bob, listing=order.listing
        )
        answer = Bearer(bob).client.get(f"/v1/orders/{order.public_id}")
        assert answer.status_code == 200
        told = answer.json()
        assert order.paid_at is not None
        at = order.paid_at.isoformat().replace("+00:00", "Z")
        assert told == {
            "id": order.public_id,
            "listing": order.listing.name,
            "vendor": order.vendor.slug,
            "priceCents": 499,
            "currency": "USD",
            "method": "wallet",
            "state": "paid",
            "entitlementId": held.public_id,
            "createdAt": at,
            "paidAt": at,
            "placedBy": order.placed_by.username,
            "receiptUrl": f"{settings.SITE_URL}/orders/{order.public_id}",
            "refundedCents": 0,
            "disputedCents": 0,
            "disputeState": None,
        }

    def test_the_list_shows_ones_own_newest_first(
        self, bob: User, charlie: User, now: datetime
    ) -> None:
        old = OrderFactory.create(user=bob, created_at=now)
        new = OrderFactory.create(user=bob, created_at=now + timedelta(days=1))
        OrderFactory.create(user=charlie)
        items = Bearer(bob).client.get("/v1/orders").json()["items"]
        assert [item["id"] for item in items] == [new.public_id, old.public_id]

    def test_somebody_elses_order_does_not_exist(self, bob: User, charlie: User) -> None:
        order = OrderFactory.create(user=bob)
        assert Bearer(charlie).client.get(f"/v1/orders/{order.public_id}").status_code == 404

    def test_an_organizations_orders_are_seen_by_who_acts_for_it(self, bob: User) -> None:
        organization = OrganizationFactory.create()
        order = OrderFactory.create(user=None, organization=organization)
        acting = Bearer(bob, kind="organization", organization=organization)
        items = acting.client.get("/v1/orders").json()["items"]
        assert [item["id"] for item in items] == [order.public_id]
        assert Bearer(bob).client.get("/v1/orders").json()["items"] == []

    def test_reading_needs_its_scope(self, bob: User) -> None:
        order = OrderFactory.create(user=bob)
        client = Bearer(bob, "download").client
        for path in ("/v1/orders", f"/v1/orders/{order.public_id}"):
            assert client.get(path).status_code == 403

    def test_a_longer_list_costs_no_more_queries(
        self, bob: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        OrderFactory.create_batch(3, user=bob)
        client = Bearer(bob).client
        with django_assert_num_queries(3):  # who asks, the orders, their disputes
            client.get("/v1/orders")


class TestThePages:
    """The same for people."""

    def test_a_receipt_names_all_of_it(self, client: Client, bob: User) -> None:
        order = OrderFactory.create(user=bob, listing__vendor__display_name="Acme Tools")
        sign_in(client, bob)
        page = client.get(f"/orders/{order.public_id}").content.decode()
        for text in ("Receipt", order.public_id, order.listing.name, "$4.99", "Acme Tools", "bob"):
            assert text in page

    def test_somebody_elses_receipt_does_not_exist(
        self, client: Client, bob: User, charlie: User
    ) -> None:
        order = OrderFactory.create(user=bob)
        sign_in(client, charlie)
        assert client.get(f"/orders/{order.public_id}").status_code == 404

    def test_the_history_shows_ones_own(self, client: Client, bob: User, charlie: User) -> None:
        mine, other = OrderFactory.create(user=bob), OrderFactory.create(user=charlie)
        sign_in(client, bob)
        page = client.get("/orders").content.decode()
        assert mine.public_id in page
        assert other.public_id not in page

    def test_an_empty_history_says_so(self, client: Client, bob: User) -> None:
        sign_in(client, bob)
        assert "No orders yet" in client.get("/orders").content.decode()

    def test_a_long_history_has_pages(
        self, client: Client, bob: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        OrderFactory.create_batch(51, user=bob)
        sign_in(client, bob)
        assert client.get("/orders?page=2").content.decode().count("list__item") == 1
        with django_assert_num_queries(4):
            client.get("/orders")

    @pytest.mark.parametrize("path", ["/orders", "/orders/ord_1"])
    def test_strangers_are_led_to_sign_in(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"].startswith("/sign-in?next=")
