"""Refunds that meet each other, a first download, or a payout: money and package go one way."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Vendor
from payments import accounts, ledger, ledger_check, orders
from payments.models import Account, AccountKind, Entitlement, Order, Payout, Refund
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import SellerAccountFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.money import fill
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

_PRICE, _SELLER = 2_000, 1_800


@pytest.fixture
def buyer(bob: User) -> Bearer:
    fill(bob, 100_000)
    names = ("max_per_purchase", "daily_limit", "monthly_limit", "require_approval_above")
    bob.spend_policies.update(**{f"{name}_cents": 1_000_000 for name in names})
    return Bearer(bob, BUYER)


@pytest.fixture
def vendor(alice: User) -> Vendor:
    made: Vendor = VendorFactory.create(user=alice)
    return made


@pytest.fixture
def staff() -> User:
    return UserFactory.create(username="staff", is_staff=True)


def bought(buyer: Bearer, vendor: Vendor, *, days_ago: float = 0) -> Order:
    """Let somebody buy a published listing."""
    now = timezone.now() - timedelta(days=days_ago)
    listing = ListingFactory.create(price_cents=_PRICE, vendor=vendor, released_at=now)
    ArtifactFactory.create(release=ReleaseFactory.create(listing=listing))
    with transaction.atomic():
        orders.buy_from_wallet(listing, Wanted(listing=listing.name), by=buyer.actor, now=now)
    return Order.objects.select_related("listing").get(listing=listing)


def test_a_package_is_fetched_or_given_back_and_never_both(buyer: Bearer, vendor: Vendor) -> None:
    made = [bought(buyer, vendor) for _ in range(12)]
    names = ",".join(order.listing.name for order in made)
    results = race(
        "tests.payments.refund_racers:fetch_or_take_back",
        buyer.plaintext,
        names,
        processes=4,
        threads=6,
    )
    came_to: dict[str, set[str]] = defaultdict(set)
    for line in results:
        order_id, act, status = line.split()
        came_to[order_id].add(f"{act} {status}")
    kept, returned = {"fetched 200", "taken_back 409"}, {"fetched 402", "taken_back 201"}
    assert len(came_to) == 12
    assert all(each in (kept, returned) for each in came_to.values()), came_to
    for given in Entitlement.objects.select_related("order"):
        assert given.order is not None
        is_returned = came_to[given.order.public_id] == returned
        assert (given.first_used_at is None, given.revoked_at is not None) == (is_returned,) * 2
        assert given.order.is_refunded == is_returned
    assert list(ledger_check.faults()) == []


def test_an_order_goes_back_once_however_many_ask(buyer: Bearer, vendor: Vendor) -> None:
    order = bought(buyer, vendor)
    statuses = race(
        "tests.payments.refund_racers:take_back",
        buyer.plaintext,
        order.listing.name,
        processes=4,
        threads=4,
    )
    assert sorted(statuses) == ["201"] + ["409"] * 15
    assert Refund.objects.get().amount_cents == _PRICE
    assert ledger.balance_of(Account.objects.get(kind=AccountKind.WALLET)) == 100_000
    assert list(ledger_check.faults()) == []


def test_parts_never_add_up_to_more_than_the_price(
    buyer: Bearer, vendor: Vendor, staff: User
) -> None:
    order = bought(buyer, vendor)
    results = race(
        "tests.payments.refund_racers:refund",
        staff.username,
        order.listing.name,
        "301",
        processes=4,
        threads=3,
    )
    assert sorted(results) == ["301"] * 6 + ["InvalidRefund"] * 6
    order.refresh_from_db()
    # Half a cent up, cumulatively: 1,806 of 2,000 cents are 180.6 of the fee's 200.
    assert (order.refunded_cents, order.refunded_fee_cents) == (1_806, 181)
    assert list(ledger_check.faults()) == []


def test_a_payout_holds_what_a_refund_of_the_same_moment_has_left(
    buyer: Bearer, staff: User
) -> None:
    """Either the refund was first and the payout is smaller, or the seller comes to owe it."""
    vendors = [SellerAccountFactory.create().vendor for _ in range(8)]
    made = [[bought(buyer, vendor, days_ago=8) for _ in range(2)] for vendor in vendors]
    names = ",".join(first.listing.name for first, _ in made)
    results = race(
        "tests.payments.payout_racers:plan_or_refund",
        staff.username,
        names,
        str(_PRICE),
        processes=4,
        threads=4,
    )
    assert results.count(str(_PRICE)) == 8
    for vendor in vendors:
        payout = Payout.objects.get(vendor=vendor)
        owed = ledger.balance_of(accounts.payable_of(vendor))
        assert (payout.amount_cents, owed) in {(_SELLER, 0), (2 * _SELLER, -_SELLER)}
    assert list(ledger_check.faults()) == []
