"""What becomes of a listing, and what the database refuses."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog import listings
from catalog.errors import InvalidListing
from catalog.listings import Description
from catalog.models import Listing, ListingState, Visibility
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import DraftFactory, ListingFactory, VendorFactory

pytestmark = pytest.mark.django_db

LISTINGS = "/v1/listings"


def said(**fields: object) -> Description:
    """Return what a seller says, fine but for what is given."""
    fine: dict[str, object] = {
        "title": "PDF tools",
        "summary": "Reads PDFs.",
        "tags": ["pdf"],
        "price_cents": 0,
        "visibility": Visibility.PUBLIC,
    }
    return Description(**(fine | fields))  # type: ignore[arg-type]  # as a form would


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x" * 81},
        {"title": "a\u202eb"},
        {"summary": "x" * 1025},
        {"tags": [f"tag-{number}" for number in range(11)]},
        {"tags": ["no spaces"]},
        {"tags": ["x" * 33]},
        {"price_cents": 98},
        {"price_cents": 50_001},
        {"price_cents": -1},
        {"visibility": "secret"},
        {"visibility": "private"},
    ],
)
def test_what_a_listing_cannot_be_is_refused(
    alice: User, now: datetime, fields: dict[str, object]
) -> None:
    listing = ListingFactory.create(vendor__user=alice)
    with pytest.raises(InvalidListing) as refused:
        listings.describe(listing, said(**fields), by=Bearer(alice, SELLER).actor, now=now)
    assert refused.value.field == next(iter(fields))


def test_an_organization_may_keep_a_package_to_itself(alice: User, now: datetime) -> None:
    organization = OrganizationFactory.create()
    vendor = VendorFactory.create(user=None, organization=organization)
    listing = ListingFactory.create(vendor=vendor)
    wanted = said(visibility=Visibility.PRIVATE)
    listings.describe(listing, wanted, by=Bearer(alice, SELLER).actor, now=now)
    assert Listing.objects.get().visibility == Visibility.PRIVATE


@pytest.mark.parametrize("factory", [ListingFactory, DraftFactory])
def test_a_listing_can_be_retired(
    alice: User, now: datetime, factory: type[ListingFactory]
) -> None:
    listing = factory.create(vendor__user=alice)
    for _ in range(2):
        listings.retire(listing, by=Bearer(alice, SELLER).actor, now=now)
    assert Listing.objects.get().state == ListingState.RETIRED


@pytest.mark.parametrize(
    "fields",
    [
        {"price_cents": 50},
        {"price_cents": 60_000},
        {"state": "sold"},
        {"visibility": "secret"},
        {"type": "poem"},
        {"latest_version": ""},
        {"released_at": None},
        {"tier": 3},
        {"name": "Acme/PDF"},
    ],
)
def test_the_database_refuses_what_cannot_be(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingFactory.create(**fields)


def test_a_seller_changes_a_listing_through_the_api(alice: User) -> None:
    listing = ListingFactory.create(vendor__user=alice)
    answer = Bearer(alice, SELLER).client.patch(
        f"{LISTINGS}/{listing.name}",
        {"title": "Better", "priceCents": 499},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["title"], answer.json()["priceCents"]) == (
        200,
        "Better",
        499,
    )


def test_a_stranger_changes_nothing(charlie: User) -> None:
    listing = ListingFactory.create()
    answer = Bearer(charlie, SELLER).client.patch(
        f"{LISTINGS}/{listing.name}", {"title": "Mine"}, content_type="application/json"
    )
    assert answer.status_code == 404
    assert Listing.objects.get().title != "Mine"
