"""Where somebody sells."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from releases.states import State
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.releases import ReleaseFactory
from tests.second_factors import give_app
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_who_sells_nothing_is_led_to_the_beginning(client: Client, alice: User) -> None:
    sign_in(client, alice)
    text = client.get("/sell").content.decode()
    assert "You sell nothing yet" in text
    assert 'href="/sell/vendors/new"' in text


def test_it_shows_ones_own_and_nobody_elses(client: Client, alice: User) -> None:
    listing = ListingFactory.create(slug="mine", vendor__slug="acme", vendor__user=alice)
    release = ReleaseFactory.create(listing=listing, state=State.HELD)
    ReleaseFactory.create(listing__slug="theirs")
    sign_in(client, alice)
    text = client.get("/sell").content.decode()
    assert f"/releases/{release.public_id}" in text
    assert "Held" in text
    assert "/acme/mine/edit" in text
    assert "/sell/upload?name=acme/mine" in text
    assert "theirs" not in text


def test_much_costs_as_much_as_little(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vendor = VendorFactory.create(user=alice)
    for _ in range(5):
        ReleaseFactory.create(listing=ListingFactory.create(vendor=vendor))
    sign_in(client, alice)
    # session, actor, second factor, vendors, releases, listings
    with django_assert_num_queries(6):
        client.get("/sell")


def test_a_second_factor_is_offered_to_who_sells_without(client: Client, alice: User) -> None:
    VendorFactory.create(user=alice)
    sign_in(client, alice)
    assert 'href="/settings/two-step">Turn on' in client.get("/sell").content.decode()
    give_app(alice)
    assert "Turn on two-step" not in client.get("/sell").content.decode()


def test_who_is_not_signed_in_is_led_to_do_so(client: Client) -> None:
    assert client.get("/sell")["Location"] == "/sign-in?next=%2Fsell"
