"""Buying for money from the wallet, through the API."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries as MaxNumQueries

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from payments import accounts, ledger
from payments.models import Account, AccountKind, Entitlement, Order, Posting, Source
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import EntitlementFactory
from tests.money import fill
from tests.payments.buying import PURCHASES, buy, nothing_happened

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bob: User) -> Client:
    return Bearer(bob, BUYER).client


class TestAPurchase:
    """What one that succeeds does."""

    def test_gives_the_listing_for_its_price(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        wallet = fill(bob, 1_000)
        status, body = buy(client, listing)
        order = Order.objects.get()
        entitlement = Entitlement.objects.get()
        assert (entitlement.user, entitlement.source) == (bob, Source.PURCHASE)
        assert entitlement.order == order
        assert (status, body) == (
            201,
            {
                "entitlementId": entitlement.public_id,
                "orderId": order.public_id,
                "listing": listing.name,
                "priceCents": 499,
                "status": "granted",
            },
        )
        assert ledger.balance_of(wallet) == 501

    def test_pays_the_seller_and_the_marketplace(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 499)
        buy(client, listing)
        assert ledger.balance_of(accounts.payable_of(listing.vendor)) == 449
        assert ledger.balance_of(accounts.ours(AccountKind.FEES)) == 50
        order = Order.objects.get()
        assert (order.price_cents, order.fee_cents, order.seller_cents) == (499, 50, 449)
        parts = Posting.objects.filter(event=order.event).values_list("key", flat=True)
        assert sorted(parts) == [f"{order.event}:fee", f"{order.event}:seller"]

    def test_stands_in_the_trail_once(self, client: Client, bob: User, listing: Listing) -> None:
        fill(bob, 499)
        buy(client, listing)
        order = Order.objects.get()
        event = Event.objects.get(subject=order.subject)
        assert event.action == Action.ORDER_PAID
        assert not Event.objects.filter(action=Action.ENTITLEMENT_GRANTED).exists()

    def test_is_the_sellers_to_be_paid_out_a_week_later(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 499)
        buy(client, listing)
        order = Order.objects.get()
        assert order.paid_at is not None
        assert order.available_at == order.paid_at + timedelta(days=7)
        assert not order.is_available(now=order.paid_at)
        assert order.is_available(now=order.available_at)

    def test_remembers_token_and_policy(self, bob: User, listing: Listing) -> None:
        fill(bob, 499)
        bearer = Bearer(bob, BUYER)
        buy(bearer.client, listing)
        order = Order.objects.get()
        assert order.credential_id == bearer.credential.public_id
        assert order.policy == bearer.credential.spend_policy

    @pytest.mark.django_db(transaction=True)
    def test_is_told_by_mail(
        self, client: Client, bob: User, listing: Listing, mailbox: list[EmailMessage]
    ) -> None:
        fill(bob, 499)
        buy(client, listing)
        [sent] = mailbox
        assert sent.to == [bob.email]
        assert "$4.99" in str(sent.body)
        receipt = f"{settings.SITE_URL}/orders/{Order.objects.get().public_id}"
        assert receipt in str(sent.body)

    def test_of_an_organization_is_paid_from_its_wallet(self, bob: User, listing: Listing) -> None:
        organization = OrganizationFactory.create()
        own, shared = fill(bob, 1_000), fill(organization, 1_000)
        bearer = Bearer(bob, BUYER, kind="organization", organization=organization)
        assert buy(bearer.client, listing)[0] == 201
        assert (ledger.balance_of(own), ledger.balance_of(shared)) == (1_000, 501)
        order = Order.objects.get()
        assert (order.user, order.organization, order.placed_by) == (None, organization, bob)
        assert Entitlement.objects.get().organization == organization

    def test_for_oneself_is_another_than_for_the_organization(
        self, bob: User, listing: Listing
    ) -> None:
        organization = OrganizationFactory.create()
        fill(organization, 1_000)
        EntitlementFactory.create(user=bob, listing=listing)
        bearer = Bearer(bob, BUYER, kind="organization", organization=organization)
        assert buy(bearer.client, listing)[0] == 201


class TestWhatIsOwned:
    """Costs nothing again."""

    def test_answers_200_and_moves_nothing(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        wallet = fill(bob, 1_000)
        first, second = buy(client, listing), buy(client, listing)
        assert (first[0], second[0]) == (201, 200)
        assert first[1] == second[1]
        assert ledger.balance_of(wallet) == 501

    def test_needs_no_key(self, client: Client, bob: User, listing: Listing) -> None:
        held = EntitlementFactory.create(user=bob, listing=listing)
        status, body = buy(client, listing, key=None)
        assert (status, body["entitlementId"]) == (200, held.public_id)


class TestTheKey:
    """The same purchase under the same key is one purchase."""

    def test_replays_the_very_answer(self, client: Client, bob: User, listing: Listing) -> None:
        wallet = fill(bob, 1_000)
        answers = [
            client.post(
                PURCHASES,
                {"listing": listing.name},
                content_type="application/json",
                headers={"Idempotency-Key": "order-7"},
            )
            for _ in range(2)
        ]
        first, second = answers
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        assert ledger.balance_of(wallet) == 501

    def test_is_required_where_money_moves(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 1_000)
        status, body = buy(client, listing, key=None)
        assert (status, body["code"]) == (400, "idempotency_key_missing")
        assert nothing_happened()

    def test_serves_one_body(self, client: Client, bob: User, listing: Listing) -> None:
        fill(bob, 5_000)
        buy(client, listing, key="order-7")
        status, body = buy(client, ListingFactory.create(price_cents=99), key="order-7")
        assert (status, body["code"]) == (422, "idempotency_key_reused")

    def test_succeeds_once_the_wallet_is_filled(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        assert buy(client, listing, key="order-7")[0] == 402
        fill(bob, 499)
        assert buy(client, listing, key="order-7")[0] == 201

    def test_is_replayed_when_the_listing_is_gone(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 499)
        first = buy(client, listing, key="order-7")
        Listing.objects.update(state=ListingState.HIDDEN)
        assert buy(client, listing, key="order-7") == first

    def test_of_a_free_listing_is_not_kept(self, client: Client) -> None:
        free = ListingFactory.create()
        assert [buy(client, free, key="order-7")[0] for _ in range(2)] == [201, 200]


class TestRefusals:
    """Each its clear answer, and nothing has moved."""

    def test_too_little_in_the_wallet_says_how_much_is_missing(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        wallet = fill(bob, 480)
        status, body = buy(client, listing)
        assert (status, body["code"]) == (402, "insufficient_funds")
        details = body["details"]
        assert isinstance(details, dict)
        assert details["shortfallCents"] == 19
        assert ledger.balance_of(wallet) == 480
        assert nothing_happened()

    def test_the_shortfall_is_of_the_whole_price(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 100)
        details = buy(client, listing)[1]["details"]
        assert isinstance(details, dict)
        assert details["shortfallCents"] == 399

    def test_a_price_above_the_most_one_would_pay(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 1_000)
        status, body = buy(client, listing, maxPriceCents=498)
        assert (status, body["code"]) == (409, "price_changed")
        assert body["details"] == {"priceCents": 499, "maxPriceCents": 498}
        assert nothing_happened()

    def test_the_most_one_would_pay_is_enough(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 1_000)
        assert buy(client, listing, maxPriceCents=499)[0] == 201

    def test_ones_own_listing(self, alice: User, listing: Listing) -> None:
        fill(alice, 1_000)
        status, body = buy(Bearer(alice, BUYER).client, listing)
        assert (status, body["code"]) == (409, "own_listing")
        assert nothing_happened()

    def test_what_is_off_the_shelf(self, client: Client, bob: User, listing: Listing) -> None:
        fill(bob, 1_000)
        Listing.objects.update(state=ListingState.HIDDEN)
        assert buy(client, listing)[0] == 404
        assert nothing_happened()

    def test_a_frozen_wallet(self, client: Client, bob: User, listing: Listing) -> None:
        wallet = fill(bob, 1_000)
        Account.objects.filter(pk=wallet.pk).update(frozen_at=timezone.now())
        status, body = buy(client, listing)
        assert (status, body["code"]) == (403, "wallet_frozen")
        assert nothing_happened()

    @pytest.mark.parametrize(
        "body",
        [
            {"maxPriceCents": 4.99},
            {"maxPriceCents": 499.0},
            {"maxPriceCents": "499"},
            {"maxPriceCents": -1},
            {"maxPriceCents": 10**30},
            {"maxPriceCents": True},
            {"maxPriceCents": None},
            {"maxPriceCents": [499]},
            {"useWallet": "yes"},
            {"useWallet": 1},
            {"useWallet": None},
            {"currency": "EUR"},
            {"priceCents": 1},
            {"listing": ["a/b"]},
            {"listing": ""},
            {"listing": None},
        ],
        ids=str,
    )
    def test_a_body_that_says_something_else(
        self, client: Client, bob: User, listing: Listing, body: dict[str, object]
    ) -> None:
        fill(bob, 1_000)
        answer = client.post(
            PURCHASES,
            {"listing": listing.name} | body,
            content_type="application/json",
            headers={"Idempotency-Key": "order-7"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
        assert nothing_happened()

    def test_the_most_of_nothing_buys_only_what_is_free(
        self, client: Client, bob: User, listing: Listing
    ) -> None:
        fill(bob, 1_000)
        assert buy(client, listing, maxPriceCents=0)[0] == 409
        assert buy(client, ListingFactory.create(), maxPriceCents=0)[0] == 201


def test_a_purchase_costs_so_many_queries(
    client: Client, bob: User, listing: Listing, django_assert_max_num_queries: MaxNumQueries
) -> None:
    fill(bob, 1_000)
    other = ListingFactory.create(price_cents=99, vendor=listing.vendor)
    buy(client, other)
    with django_assert_max_num_queries(28):  # savepoints of the test and of the key included
        buy(client, listing)
