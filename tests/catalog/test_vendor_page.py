"""A vendor's page for everybody."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Visibility
from catalog.views.vendors import PAGE_SIZE
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_it_shows_who_sells_and_what(client: Client, now: object) -> None:
    vendor = VendorFactory.create(slug="acme", display_name="Acme Tools", verified_at=now)
    ListingFactory.create(vendor=vendor, title="Mine")
    ListingFactory.create(vendor=vendor, title="Hidden", visibility=Visibility.UNLISTED)
    ListingFactory.create(title="Theirs")
    text = client.get("/acme").content.decode()
    assert all(words in text for words in ("Acme Tools", "Verified vendor", "Mine"))
    assert "Hidden" not in text
    assert "Theirs" not in text
    assert "Edit profile" not in text


@pytest.mark.parametrize("path", ["/nobody", "/No-Vendor", "/v1x", "/a"])
def test_an_unknown_name_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_its_owner_finds_the_way_to_edit_it(client: Client, alice: User) -> None:
    VendorFactory.create(slug="acme", user=alice)
    sign_in(client, alice)
    assert "/sell/vendors/acme" in client.get("/acme").content.decode()


def test_pages_follow_each_other(client: Client) -> None:
    vendor = VendorFactory.create(slug="acme")
    for _ in range(PAGE_SIZE + 1):
        ListingFactory.create(vendor=vendor)
    first = client.get("/acme")
    second = client.get("/acme", {"cursor": first.context["next_cursor"]})
    assert len(second.context["listings"]) == 1
    assert client.get("/acme?cursor=forged")["Location"] == "/acme"


def test_many_packages_cost_as_much_as_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vendor = VendorFactory.create(slug="acme")
    for _ in range(5):
        ListingFactory.create(vendor=vendor)
    with django_assert_num_queries(3):  # vendor, which ones, their rows
        client.get("/acme")
