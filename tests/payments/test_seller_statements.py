"""What a vendor is owed and how it came and went: page, CSV and API; payouts through the API."""

import csv
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from catalog.models import Listing, Vendor
from payments import checkout, refunds
from payments.models import Order, Payout
from payments.sale_terms import Wanted
from tests.bearer import BUYER, SELLER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import SellerAccountFactory
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(alice: User) -> Listing:
    """Alice sells it for 5.00."""
    return ListingFactory.create(price_cents=500, vendor__user=alice)


@pytest.fixture
def sold(listing: Listing, bob: User) -> Order:
    """Bob has bought it, and 2.00 went back to him."""
    fill(bob, 500)
    now, by = timezone.now(), Bearer(bob, BUYER).actor
    checkout.purchase(Wanted(listing=listing.name), by=by, now=now, may_pay=True)
    order = Order.objects.get()
    staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
    refunds.refund(order, amount_cents=200, reason="It was late.", by=staff, now=now)
    return order


def statement_of(client: Client, vendor: Vendor) -> list[dict[str, object]]:
    """Return the items of a vendor's statement."""
    answer = client.get(f"/v1/vendor/{vendor.slug}/statement")
    assert answer.status_code == 200, answer.json()
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def browser(user: User) -> Client:
    """Return somebody's browser."""
    client = Client()
    sign_in(client, user)
    return client


def test_each_event_is_a_line_with_the_balance_it_left(
    sold: Order, alice: User, listing: Listing
) -> None:
    refund, sale = statement_of(Bearer(alice, SELLER).client, listing.vendor)
    assert (sale["what"], sale["amountCents"], sale["balanceCents"]) == ("Sale", 450, 450)
    assert (sale["reference"], sale["listing"]) == (sold.public_id, listing.name)
    assert (refund["what"], refund["amountCents"], refund["balanceCents"]) == ("Refund", -180, 270)


def test_the_page_shows_it_and_leads_to_nobody_elses_order(
    sold: Order, alice: User, listing: Listing
) -> None:
    path = f"/sell/{listing.vendor.slug}/statement"
    page = browser(alice).get(path).content.decode()
    assert "$2.70" in page
    assert "Sale" in page
    assert f"/orders/{sold.public_id}" not in page


def test_the_file_has_every_line(sold: Order, alice: User, listing: Listing) -> None:
    answer = browser(alice).get(f"/sell/{listing.vendor.slug}/statement.csv")
    written = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(StringIO(written)))
    assert [(row["what"], row["amount"], row["balance"]) for row in rows] == [
        ("Refund", "-1.80", "2.70"),
        ("Sale", "4.50", "4.50"),
    ]


def test_a_vendor_who_has_sold_nothing_has_an_empty_one(alice: User, listing: Listing) -> None:
    assert statement_of(Bearer(alice, SELLER).client, listing.vendor) == []
    page = browser(alice).get(f"/sell/{listing.vendor.slug}/statement").content.decode()
    assert "Nothing has moved yet" in page


def test_a_strangers_vendor_is_not_there(sold: Order, charlie: User, listing: Listing) -> None:
    slug, stranger = listing.vendor.slug, browser(charlie)
    assert stranger.get(f"/sell/{slug}/statement").status_code == 404
    assert stranger.get(f"/sell/{slug}/statement.csv").status_code == 404
    token = Bearer(charlie, SELLER).client
    assert token.get(f"/v1/vendor/{slug}/statement").status_code == 404


def test_it_needs_the_scope_to_sell(sold: Order, alice: User, listing: Listing) -> None:
    token = Bearer(alice, "read").client
    for path in (f"/v1/vendor/{listing.vendor.slug}/statement", "/v1/vendor/payouts"):
        answer = token.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_more_lines_ask_no_more_of_the_database(
    sold: Order,
    alice: User,
    bob: User,
    listing: Listing,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(bob, 2_000)
    for other in ListingFactory.create_batch(3, price_cents=500, vendor=listing.vendor):
        by = Bearer(bob, BUYER).actor
        checkout.purchase(Wanted(listing=other.name), by=by, now=timezone.now(), may_pay=True)
    client = browser(alice)
    with django_assert_max_num_queries(12):
        assert client.get(f"/sell/{listing.vendor.slug}/statement").status_code == 200


def test_payouts_are_listed_for_whom_they_pay(alice: User, charlie: User, listing: Listing) -> None:
    account = SellerAccountFactory.create(vendor=listing.vendor)
    payout = Payout.objects.create(
        vendor=listing.vendor, account=account, period="2026-W48", amount_cents=500, currency="USD"
    )
    [told] = Bearer(alice, SELLER).client.get("/v1/vendor/payouts").json()["items"]
    assert told["id"] == payout.public_id
    assert (told["vendor"], told["period"]) == (listing.vendor.slug, "2026-W48")
    assert (told["amountCents"], told["currency"], told["state"]) == (500, "USD", "pending")
    assert Bearer(charlie, SELLER).client.get("/v1/vendor/payouts").json()["items"] == []


def test_a_second_factor_is_offered_before_payouts_are_set_up(
    alice: User, listing: Listing
) -> None:
    page = browser(alice).get(f"/sell/{listing.vendor.slug}/payouts").content.decode()
    assert "Add a second factor first" in page
    assert "/settings/two-step" in page.split("<main")[1]
