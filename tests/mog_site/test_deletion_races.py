"""An organization is deleted, or something is on its shelf or on its way to it: never both."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization, User
from catalog.errors import InvalidTransfer
from catalog.models import Listing, ListingState, ListingTransfer
from mog_site import organization_deletion
from payments.models import Order, TopUp
from releases.states import State
from tests.factories.catalog import DraftFactory, ListingFactory, VendorFactory
from tests.factories.releases import ArtifactFactory
from tests.racing import race
from tests.threads import wait_for_whoever_waits
from tests.transfers import offered, organizations_vendor, present

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("turn", range(2))
def test_nothing_gets_onto_the_shelf_of_an_organization_that_is_deleted(
    alice: User, turn: int
) -> None:
    globex = organizations_vendor("globex", owner=alice)
    offers = [
        offered(ListingFactory.create(vendor=VendorFactory.create()), globex, now=timezone.now())
        for _ in range(2)
    ]
    accepted = ArtifactFactory.create(
        release__listing=DraftFactory.create(vendor=globex), release__state=State.ACCEPTED
    ).release
    arguments = (str(alice.pk), " ".join(each.public_id for each in offers), str(accepted.pk))
    results = race(
        "tests.mog_site.deletion_racers:delete_or_fill", *arguments, processes=4, threads=1
    )
    on_shelf = Listing.objects.filter(vendor=globex, state=ListingState.LIVE).count()
    is_deleted = Organization.objects.get(vendor=globex).deleted_at is not None
    assert is_deleted == (not on_shelf), results
    assert len(results) == 4


def test_nobody_begins_to_pay_for_an_organization_that_is_deleted(alice: User, bob: User) -> None:
    globex = organizations_vendor("globex", owner=alice).organization
    assert globex is not None
    listing = ListingFactory.create(vendor__user=bob, price_cents=499)
    results = race(
        "tests.mog_site.deletion_racers:delete_or_pay",
        str(alice.pk),
        listing.name,
        processes=3,
        threads=1,
    )
    begun = Order.objects.open().count() + TopUp.objects.open().count()
    globex.refresh_from_db()
    assert (globex.deleted_at is not None) == (not begun), results


@pytest.mark.postgres
def test_nothing_is_offered_to_an_organization_that_is_being_deleted(alice: User) -> None:
    globex = organizations_vendor("globex", owner=alice)
    listing = ListingFactory.create(vendor=VendorFactory.create())

    def offer() -> None:
        try:
            offered(listing, globex, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            own = Organization.objects.get(vendor=globex)
            organization_deletion.delete(own, by=present(alice), now=timezone.now())
            asked = pool.submit(offer)
            wait_for_whoever_waits()
        with pytest.raises(InvalidTransfer):
            asked.result(timeout=20)
    assert not ListingTransfer.objects.exists()
