"""Buying for money from the wallet, through the API."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries as MaxNumQueries

from accounts.models import SpendPolicy, User
from audit.actions import Action
from audit.models import Event, RefusalTally
from catalog.models import Listing, ListingState
from payments import accounts, ledger
from payments.models import Account, AccountKind, Entitlement, Order, Posting, Source
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import EntitlementFactory, OrderFactory
from tests.money import fill
from tests.racing import race

pytestmark = pytest.mark.django_db

PURCHASES = "/v1/purchases"


@pytest.fixture
def client(bob: User) -> Client:
    return Bearer(bob, BUYER).client


@pytest.fixture
def listing(alice: User) -> Listing:
    return ListingFactory.create(price_cents=499, vendor__user=alice)


def buy(
    client: Client, listing: Listing, *, key: str | None = "", **body: object
) -> tuple[int, dict[str, object]]:
    """Buy under a key of its own; return status and answer."""
    headers = {"Idempotency-Key": key or str(uuid4())} if key is not None else {}
    answer = client.post(
        PURCHASES,
        {"listing": listing.name} | body,
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def nothing_happened() -> bool:
    """Tell that nobody has bought anything."""
    bought = Order.objects.exists() or Entitlement.objects.exists()
    return not bought and not Posting.objects.filter(event__startswith="order:").exists()


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


class TestPolicies:
    """What a token may spend by itself."""

    @pytest.fixture
    def policy(self, bob: User) -> SpendPolicy:
        fill(bob, 100_000)
        return bob.spend_policies.get()

    def refused(self, client: Client, listing: Listing) -> tuple[int, object, object]:
        """Try to buy; return status, code and reasons."""
        status, body = buy(client, listing)
        details = body.get("details", {})
        assert isinstance(details, dict)
        return status, body["code"], details.get("reasons")

    def test_what_needs_a_person(self, client: Client, policy: SpendPolicy) -> None:
        listing = ListingFactory.create(price_cents=501)
        answer = (402, "approval_required", ["over_approval_threshold"])
        assert self.refused(client, listing) == answer
        assert nothing_happened()

    def test_what_nobody_may_approve(
        self, client: Client, policy: SpendPolicy, listing: Listing
    ) -> None:
        policy.blocked_types = ["skill"]
        policy.save()
        assert self.refused(client, listing) == (403, "policy_blocked", ["type_blocked"])

    def test_an_inactive_policy(
        self, client: Client, policy: SpendPolicy, listing: Listing
    ) -> None:
        policy.is_active = False
        policy.save()
        assert self.refused(client, listing) == (403, "policy_blocked", ["policy_inactive"])

    def test_a_day_that_is_spent(
        self, client: Client, bob: User, policy: SpendPolicy, listing: Listing
    ) -> None:
        OrderFactory.create(user=bob, policy=policy, listing__price_cents=4_502)
        answer = (402, "approval_required", ["over_daily_limit"])
        assert self.refused(client, listing) == answer
        policy.daily_limit_cents += 1
        policy.save()
        assert buy(client, listing)[0] == 201

    def test_money_that_went_back_does_not_count(
        self, client: Client, bob: User, policy: SpendPolicy, listing: Listing
    ) -> None:
        spent = OrderFactory.create(user=bob, policy=policy, listing__price_cents=5_000)
        assert buy(client, listing)[0] == 402
        Order.objects.filter(pk=spent.pk).update(refunded_cents=499, refunded_fee_cents=50)
        assert buy(client, listing)[0] == 201

    def test_money_of_last_month_does_not_count(
        self, client: Client, bob: User, policy: SpendPolicy, listing: Listing
    ) -> None:
        past = timezone.now() - timedelta(days=32)
        OrderFactory.create(user=bob, policy=policy, listing__price_cents=49_900, created_at=past)
        assert buy(client, listing)[0] == 201

    def test_an_organizations_policy_caps_all_its_members_together(
        self, bob: User, charlie: User, policy: SpendPolicy, listing: Listing
    ) -> None:
        organization = OrganizationFactory.create()
        fill(organization, 10_000)
        SpendPolicyFactory.create(organization=organization, daily_limit_cents=900)
        acting = {"kind": "organization", "organization": organization}
        first, second = Bearer(bob, BUYER, **acting), Bearer(charlie, BUYER, **acting)
        assert buy(first.client, listing)[0] == 201
        other = ListingFactory.create(price_cents=402)
        answer = (402, "approval_required", ["over_daily_limit"])
        assert self.refused(second.client, other) == answer

    def test_a_refusal_stands_in_the_trail(
        self, client: Client, policy: SpendPolicy, listing: Listing
    ) -> None:
        policy.is_active = False
        policy.save()
        buy(client, listing)
        assert RefusalTally.objects.get().action == Action.PURCHASE_REFUSED


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_sixty_four_purchases_of_a_wallet_that_affords_ten_make_ten_orders(bob: User) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 1_000)
    bob.spend_policies.update(daily_limit_cents=100_000, allow_executable=True)
    names = [ListingFactory.create(price_cents=100).name for _ in range(64)]
    statuses = race(
        "tests.payments.racers:buy",
        bearer.plaintext,
        ",".join(names),
        processes=4,
        threads=8,
        turns=2,
    )
    assert sorted(statuses) == ["201"] * 10 + ["402"] * 54
    assert Order.objects.paid().count() == Entitlement.objects.count() == 10
    assert Posting.objects.filter(event__startswith="order:").count() == 20
    assert ledger.balance_of(wallet) == 0


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_days_limit_holds_against_many_at_once(bob: User) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 100_000)
    bob.spend_policies.update(daily_limit_cents=350)
    names = [ListingFactory.create(price_cents=100).name for _ in range(16)]
    statuses = race(
        "tests.payments.racers:buy", bearer.plaintext, ",".join(names), processes=2, threads=8
    )
    assert sorted(statuses) == ["201"] * 3 + ["402"] * 13
    assert ledger.balance_of(wallet) == 99_700


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_one_listing_bought_by_many_keys_at_once_is_paid_once(bob: User, listing: Listing) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 10_000)
    statuses = race(
        "tests.payments.racers:buy", bearer.plaintext, listing.name, processes=2, threads=8
    )
    assert sorted(statuses) == ["200"] * 15 + ["201"]
    assert ledger.balance_of(wallet) == 9_501


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_one_key_of_thirty_two_clients_pays_once(bob: User, listing: Listing) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 10_000)
    bodies = race(
        "tests.payments.racers:buy_under",
        bearer.plaintext,
        listing.name,
        "order-7",
        processes=4,
        threads=8,
    )
    assert len(bodies) == 32
    assert len(set(bodies)) == 1
    assert ledger.balance_of(wallet) == 9_501


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_sales_and_refunds_of_one_vendor_never_wait_for_each_other_in_a_circle(
    bob: User, alice: User
) -> None:
    bearer = Bearer(bob, BUYER)
    vendor = VendorFactory.create(user=alice)
    payable = accounts.payable_of(vendor)  # older than the wallet, so locked before it
    wallet = fill(bob, 10_000)
    bob.spend_policies.update(daily_limit_cents=100_000)
    names = [ListingFactory.create(price_cents=100, vendor=vendor).name for _ in range(64)]
    results = race(
        "tests.payments.racers:buy_or_refund",
        bearer.plaintext,
        ",".join(names),
        processes=4,
        threads=4,
        turns=4,
    )
    assert sorted(results) == ["201"] * 32 + ["refunded"] * 32
    assert ledger.balance_of(wallet) == 10_000 - 32 * 100 + 32
    assert ledger.balance_of(payable) == 32 * 90 - 32


def test_a_purchase_costs_so_many_queries(
    client: Client, bob: User, listing: Listing, django_assert_max_num_queries: MaxNumQueries
) -> None:
    fill(bob, 1_000)
    other = ListingFactory.create(price_cents=99, vendor=listing.vendor)
    buy(client, other)
    with django_assert_max_num_queries(28):  # savepoints of the test and of the key included
        buy(client, listing)
