"""One offer that everybody answers at the same moment ends once, and no sale is torn by it."""

from collections import Counter

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing, ListingTransfer, Vendor
from payments import accounts, ledger_check
from payments.models import Order
from releases.models import Handover
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VendorFactory
from tests.money import fill
from tests.racing import race
from tests.transfers import offered

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
_RACERS = "tests.releases.handover_racers"


def test_many_acceptances_hand_it_over_once(listing: Listing, globex: Vendor) -> None:
    made = offered(listing, globex, now=timezone.now())
    told = Counter(race(f"{_RACERS}:accept", made.public_id, processes=3, threads=3))
    assert told == {"accepted": 1, "TransferEnded": 8}
    assert Handover.objects.count() == 1


def test_of_every_answer_at_once_one_holds(listing: Listing, globex: Vendor) -> None:
    made = offered(listing, globex, now=timezone.now())
    told = Counter(race(f"{_RACERS}:answer", made.public_id, processes=3, threads=3))
    (done,) = set(told) - {"TransferEnded"}
    assert told == {done: 1, "TransferEnded": 8}
    made.refresh_from_db()
    assert made.state == done
    listing.refresh_from_db()
    assert (listing.vendor == globex) == (done == "accepted")


def test_of_many_offers_at_once_one_stands(listing: Listing) -> None:
    for number in range(3):
        VendorFactory.create(slug=f"globex-{number}")
    told = Counter(race(f"{_RACERS}:offer", listing.name, processes=3, threads=2))
    assert told == {"offered": 1, "TransferOpen": 5}
    assert ListingTransfer.objects.count() == 1


def test_every_sale_meanwhile_is_wholly_one_sellers(
    listing: Listing, acme: Vendor, globex: Vendor
) -> None:
    made = offered(listing, globex, now=timezone.now())
    buyers: list[User] = UserFactory.create_batch(11)
    for buyer in buyers:
        fill(buyer, 499)
    tokens = ",".join(Bearer(buyer, BUYER).plaintext for buyer in buyers)
    told = Counter(
        race(
            f"{_RACERS}:buy_or_accept",
            listing.name,
            made.public_id,
            tokens,
            processes=4,
            threads=3,
        )
    )
    assert told["accepted"] == 1
    assert told["201"] + told["409"] == 11
    assert Order.objects.count() == told["201"]
    for vendor in (acme, globex):
        sold = Order.objects.filter(vendor=vendor)
        owed = accounts.payable_of(vendor)
        assert owed.balance_cents == sum(order.seller_cents for order in sold)
    assert list(ledger_check.faults()) == []
