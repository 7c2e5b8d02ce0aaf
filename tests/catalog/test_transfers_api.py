"""Offers of packages through the API: to read, and no more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Vendor
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.transfers import offered, organizations_vendor

pytestmark = pytest.mark.django_db

TRANSFERS = "/v1/vendor/transfers"


@pytest.fixture
def acme(alice: User) -> Vendor:
    """Alice's vendor."""
    made: Vendor = VendorFactory.create(slug="acme", user=alice)
    return made


@pytest.fixture
def globex(bob: User) -> Vendor:
    """Bob's vendor."""
    made: Vendor = VendorFactory.create(slug="globex", user=bob)
    return made


def offers(client: Client) -> list[dict[str, object]]:
    """Return what a client is told."""
    answer = client.get(TRANSFERS)
    assert answer.status_code == 200
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def test_both_sides_see_it(acme: Vendor, globex: Vendor, alice: User, bob: User) -> None:
    listing, now = ListingFactory.create(vendor=acme, slug="pdf-tools"), timezone.now()
    made = offered(listing, globex, now=now)
    told = offers(Bearer(alice, SELLER).client)
    assert told == offers(Bearer(bob, SELLER).client)
    (item,) = told
    assert (item["id"], item["listing"]) == (made.public_id, "acme/pdf-tools")
    assert (item["from"], item["to"]) == ("acme", "globex")
    assert (item["state"], item["decidedAt"]) == ("open", None)


def test_one_whose_time_is_over_has_expired_before_anybody_writes_it_down(
    acme: Vendor, globex: Vendor, alice: User
) -> None:
    listing = ListingFactory.create(vendor=acme)
    offered(listing, globex, now=timezone.now() - timedelta(days=7))
    assert [item["state"] for item in offers(Bearer(alice, SELLER).client)] == ["expired"]


def test_a_stranger_sees_none(acme: Vendor, globex: Vendor, charlie: User) -> None:
    offered(ListingFactory.create(vendor=acme), globex, now=timezone.now())
    assert offers(Bearer(charlie, SELLER).client) == []


def test_a_token_of_an_organization_sees_those_of_its_vendor(
    acme: Vendor, globex: Vendor, alice: User
) -> None:
    initech = organizations_vendor("initech", owner=alice)
    offered(ListingFactory.create(vendor=acme), globex, now=timezone.now())
    offered(ListingFactory.create(vendor=acme), initech, now=timezone.now())
    client = Bearer(alice, SELLER, organization=initech.organization).client
    assert [item["to"] for item in offers(client)] == ["initech"]


def test_it_needs_the_scope_to_sell(acme: Vendor, alice: User) -> None:
    assert Bearer(alice, "read").client.get(TRANSFERS).status_code == 403
    assert Client().get(TRANSFERS).status_code == 401


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_nobody_decides_here(acme: Vendor, alice: User, method: str) -> None:
    assert getattr(Bearer(alice, SELLER).client, method)(TRANSFERS).status_code == 405


def test_many_cost_as_much_as_one(
    acme: Vendor, globex: Vendor, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Bearer(alice, SELLER).client
    for _ in range(3):
        offered(ListingFactory.create(vendor=acme), globex, now=timezone.now())
    with django_assert_num_queries(2):
        offers(client)
