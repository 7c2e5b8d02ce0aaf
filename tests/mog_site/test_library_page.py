"""What a person has."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Listing, ListingState
from mog_site.pages.library import PAGE_SIZE
from tests.factories.payments import EntitlementFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_it_lists_what_is_theirs_with_the_command(client: Client, alice: User, bob: User) -> None:
    mine = EntitlementFactory.create(user=bob, listing__slug="mine").listing
    EntitlementFactory.create(user=alice, listing__slug="theirs")
    EntitlementFactory.create(user=bob, listing__slug="gone", revoked_at=timezone.now())
    sign_in(client, bob)
    text = client.get("/library").content.decode()
    assert f"mog install {mine.name}" in text
    assert "theirs" not in text
    assert "gone" not in text


def test_what_was_retired_stays(client: Client, bob: User) -> None:
    EntitlementFactory.create(user=bob)
    Listing.objects.update(state=ListingState.RETIRED)
    sign_in(client, bob)
    assert "Retired" in client.get("/library").content.decode()


def test_an_empty_library_leads_to_the_shelf(client: Client, bob: User) -> None:
    sign_in(client, bob)
    assert 'href="/search"' in client.get("/library").content.decode()


def test_a_long_library_has_pages_and_costs_the_same(
    client: Client, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(PAGE_SIZE + 1):
        EntitlementFactory.create(user=bob)
    sign_in(client, bob)
    with django_assert_num_queries(4):  # session, actor, how many, which ones
        first = client.get("/library").content.decode()
    assert "?page=2" in first
    second = client.get("/library?page=2").content.decode()
    assert "?page=1" in second
    assert second.count("mog install") == 1


def test_who_is_not_signed_in_is_led_to_do_so(client: Client) -> None:
    assert client.get("/library")["Location"] == "/sign-in?next=%2Flibrary"
