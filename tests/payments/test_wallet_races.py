"""Many buy from one wallet at once: each cent is spent once, and nobody waits in a circle."""

import pytest

from accounts.models import User
from catalog.models import Listing
from payments import accounts, ledger
from payments.models import Entitlement, Order, Posting
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.money import fill
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


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


def test_one_listing_bought_by_many_keys_at_once_is_paid_once(bob: User, listing: Listing) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 10_000)
    statuses = race(
        "tests.payments.racers:buy", bearer.plaintext, listing.name, processes=2, threads=8
    )
    assert sorted(statuses) == ["200"] * 15 + ["201"]
    assert ledger.balance_of(wallet) == 9_501


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
