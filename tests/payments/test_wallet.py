"""What is in a wallet and how it came and went: pages, CSV and API."""

import csv
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import Organization, User
from audit.who import Origin
from payments import accounts, checkout, freezing
from payments.models import Account, AccountKind, Order
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import OrderFactory
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def buy(user: User, cents: int = 499, *, organization: Organization | None = None) -> Order:
    """Let somebody pay for something."""
    listing = ListingFactory.create(price_cents=cents)
    acting = {"kind": "organization", "organization": organization} if organization else {}
    by = Bearer(user, BUYER, **acting).actor
    bought = checkout.purchase(
        Wanted(listing=listing.name), by=by, now=timezone.now(), may_pay=True
    )
    assert bought.order is not None
    return bought.order


def statement(client: Client, query: str = "") -> list[dict[str, object]]:
    """Return the items of a statement."""
    items: list[dict[str, object]] = client.get(f"/v1/wallet/statement{query}").json()["items"]
    return items


class TestTheApi:
    """`/v1/wallet` and its statement."""

    def test_a_fresh_wallet_is_empty(self, bob: User) -> None:
        client = Bearer(bob).client
        assert client.get("/v1/wallet").json() == {
            "balanceCents": 0,
            "availableCents": 0,
            "currency": "USD",
            "isFrozen": False,
            "frozenBecause": [],
            "owedCents": 0,
        }
        assert statement(client) == []

    def test_a_frozen_wallet_has_nothing_to_give(self, bob: User) -> None:
        wallet = fill(bob, 500)
        Account.objects.filter(pk=wallet.pk).update(frozen_at=timezone.now())
        told = Bearer(bob).client.get("/v1/wallet").json()
        assert (told["balanceCents"], told["availableCents"]) == (500, 0)
        assert told["isFrozen"]

    def test_a_purchase_is_one_line_with_the_balance_it_left(self, bob: User) -> None:
        fill(bob, 1_000)
        order = buy(bob)
        purchase, top_up = statement(Bearer(bob).client)
        assert (top_up["what"], top_up["amountCents"], top_up["balanceCents"]) == (
            "Top-up",
            1_000,
            1_000,
        )
        assert purchase == {
            "at": purchase["at"],
            "what": "Purchase",
            "reference": order.public_id,
            "listing": order.listing.name,
            "amountCents": -499,
            "balanceCents": 501,
        }

    def test_every_line_follows_from_the_one_before(self, bob: User) -> None:
        fill(bob, 10_000)
        for cents in (99, 100, 250, 499):
            buy(bob, cents)
        lines = statement(Bearer(bob).client)
        for newer, older in pairwise(lines):
            assert newer["balanceCents"] == older["balanceCents"] + newer["amountCents"]  # type: ignore[operator]

    def test_a_long_statement_has_pages(self, bob: User) -> None:
        fill(bob, 10_000)
        for _ in range(4):
            buy(bob, 99)
        client = Bearer(bob).client
        first = client.get("/v1/wallet/statement?limit=3").json()
        second = client.get(f"/v1/wallet/statement?limit=3&cursor={first['nextCursor']}").json()
        balances = [line["balanceCents"] for line in first["items"] + second["items"]]
        assert balances == [9_604, 9_703, 9_802, 9_901, 10_000]
        assert second["nextCursor"] is None

    def test_nobody_sees_another_ones(self, bob: User, charlie: User) -> None:
        fill(bob, 1_000)
        client = Bearer(charlie).client
        assert client.get("/v1/wallet").json()["balanceCents"] == 0
        assert statement(client) == []

    def test_who_acts_for_an_organization_sees_its_wallet(self, bob: User) -> None:
        organization = OrganizationFactory.create()
        fill(bob, 1_000)
        fill(organization, 700)
        acting = Bearer(bob, kind="organization", organization=organization).client
        assert acting.get("/v1/wallet").json()["balanceCents"] == 700
        assert [line["amountCents"] for line in statement(acting)] == [700]

    @pytest.mark.parametrize("path", ["/v1/wallet", "/v1/wallet/statement", "/v1/vendor/earnings"])
    def test_looking_needs_its_scope(self, bob: User, path: str) -> None:
        assert Bearer(bob, "download").client.get(path).status_code == 403

    def test_a_longer_statement_costs_no_more_queries(
        self, bob: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        fill(bob, 10_000)
        for _ in range(3):
            buy(bob, 99)
        client = Bearer(bob).client
        with django_assert_num_queries(5):
            statement(client)


class TestThePages:
    """The same for people."""

    @pytest.fixture
    def owner(self, client: Client, bob: User) -> Client:
        sign_in(client, bob)
        return client

    def test_an_empty_wallet_says_so(self, owner: Client) -> None:
        page = owner.get("/wallet").content.decode()
        assert "$0.00" in page
        assert "Nothing has moved yet" in page

    def test_the_wallet_shows_balance_and_statement(self, owner: Client, bob: User) -> None:
        fill(bob, 1_000)
        order = buy(bob)
        page = owner.get("/wallet").content.decode()
        for text in ("$5.01", "\N{MINUS SIGN}$4.99", "$10.00", "Top-up", order.public_id):
            assert text in page
        assert f'href="/orders/{order.public_id}"' in page

    def test_a_frozen_wallet_says_what_to_do(self, owner: Client, bob: User) -> None:
        by = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
        freezing.freeze(fill(bob, 1_000), reason="A stolen card.", by=by, now=timezone.now())
        assert "Write to support" in owner.get("/wallet").content.decode()

    def test_a_long_statement_has_pages(self, owner: Client, bob: User) -> None:
        for cents in range(500, 551):
            fill(bob, cents)
        assert owner.get("/wallet?page=2").content.decode().count("list__item") == 1

    def test_the_statement_can_be_taken_along(self, owner: Client, bob: User) -> None:
        fill(bob, 1_000)
        order = buy(bob)
        answer = owner.get("/wallet/statement.csv")
        assert answer["Content-Type"] == "text/csv"
        assert "wallet.csv" in answer["Content-Disposition"]
        text = answer.getvalue().decode()
        heads, purchase, top_up = csv.reader(StringIO(text))
        assert heads[0] == "at"
        assert purchase[1:] == [
            *("Purchase", order.public_id, order.listing.name),
            *("-4.99", "5.01", "USD"),
        ]
        assert top_up[4:] == ["10.00", "10.00", "USD"]

    @pytest.mark.parametrize("path", ["/wallet", "/wallet/statement.csv", "/sell/earnings"])
    def test_strangers_are_led_to_sign_in(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"].startswith("/sign-in?next=")


class TestEarnings:
    """What a seller has earned, sale by sale."""

    def test_a_recent_sale_waits(self, alice: User) -> None:
        order = OrderFactory.create(listing__vendor__user=alice)
        [item] = Bearer(alice, "read sell").client.get("/v1/vendor/earnings").json()["items"]
        assert (item["orderId"], item["listing"]) == (order.public_id, order.listing.name)
        amounts = (item["priceCents"], item["feeCents"], item["earnedCents"])
        assert amounts == (499, 50, 449)
        assert item["holdReason"] == "recent_sale"
        assert item["availableAt"] > item["paidAt"]
        assert "bob" not in str(item)

    def test_a_sale_of_last_week_does_not(self, alice: User) -> None:
        past = timezone.now() - timedelta(days=7, seconds=1)
        OrderFactory.create(listing__vendor__user=alice, created_at=past)
        [item] = Bearer(alice, "read sell").client.get("/v1/vendor/earnings").json()["items"]
        assert item["holdReason"] is None

    def test_nobody_sees_another_sellers(self, bob: User) -> None:
        OrderFactory.create()
        assert Bearer(bob, "read sell").client.get("/v1/vendor/earnings").json()["items"] == []

    def test_the_page_shows_each_with_its_parts(self, client: Client, alice: User) -> None:
        listing = ListingFactory.create(price_cents=499, vendor__user=alice)
        OrderFactory.create(listing=listing, created_at=timezone.now() - timedelta(days=8))
        OrderFactory.create(listing=listing)
        sign_in(client, alice)
        page = client.get("/sell/earnings").content.decode()
        assert page.count("$4.49") == 2
        assert page.count("Price $4.99, fee $0.50") == 2
        assert page.count("available on") == 1

    def test_no_sales_say_so(self, client: Client, alice: User) -> None:
        sign_in(client, alice)
        assert "No sales yet" in client.get("/sell/earnings").content.decode()


class TestTheAdmin:
    """Staff looks at money and changes none."""

    @pytest.fixture
    def staff(self, client: Client, alice: User) -> Client:
        alice.is_staff = alice.is_superuser = True
        alice.save()
        sign_in(client, alice)
        return client

    @pytest.mark.parametrize("name", ["order", "account", "posting"])
    def test_rows_can_be_looked_at(self, staff: Client, bob: User, name: str) -> None:
        fill(bob, 1_000)
        order = buy(bob)
        pk = {
            "order": order.pk,
            "account": accounts.ours(AccountKind.FEES).pk,
            "posting": accounts.wallet_of(bob).debits.first().pk,  # type: ignore[union-attr]
        }[name]
        assert staff.get(f"/admin/payments/{name}/").status_code == 200
        path = f"/admin/payments/{name}/{pk}/change/"
        assert staff.get(path).status_code == 200
        assert staff.post(path, {}).status_code == 403
        assert (
            staff.post(f"/admin/payments/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
        )
        assert staff.get(f"/admin/payments/{name}/add/").status_code == 403

    @pytest.mark.parametrize("name", ["order", "account", "posting"])
    def test_rows_are_found(self, staff: Client, bob: User, name: str) -> None:
        fill(bob, 1_000)
        buy(bob)
        assert staff.get(f"/admin/payments/{name}/?q=bob").status_code == 200
