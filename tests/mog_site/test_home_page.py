"""The front page: search first, then what is on the shelf."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.catalog import ListingFactory

pytestmark = pytest.mark.django_db


def test_it_shows_popular_packages_and_then_newer_ones(client: Client) -> None:
    for number in range(6):
        ListingFactory.create(slug=f"popular-{number}", popularity=10 - number)
    ListingFactory.create(slug="newest")
    context = client.get("/").context
    assert [each.slug for each in context["popular"]] == [f"popular-{n}" for n in range(4)]
    assert [each.slug for each in context["newest"]] == ["newest", "popular-5", "popular-4"]


def test_an_empty_shelf_says_so(client: Client) -> None:
    text = client.get("/").content.decode()
    assert "The shelf is empty" in text
    assert 'role="search"' in text


def test_it_costs_the_same_however_much_is_on_the_shelf(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        ListingFactory.create()
    with django_assert_num_queries(4):  # two lists, each: which ones, their rows
        client.get("/")
