"""The search page: words, filters, pages, and what it says when it finds nothing."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Listing, ListingState, Visibility
from catalog.views.search import PAGE_SIZE
from tests.factories.catalog import ListingFactory, VendorFactory

pytestmark = pytest.mark.django_db


def names(client: Client, query: str) -> list[str]:
    """Return the slugs that a search shows."""
    return [listing.slug for listing in client.get(f"/search?{query}").context["listings"]]


def test_words_find_a_package_and_its_row_says_what_it_is(client: Client) -> None:
    ListingFactory.create(slug="pdf", price_cents=499, runs_code=True, downloads=1234)
    ListingFactory.create(slug="notes", title="Notes", summary="Takes notes.")
    page = client.get("/search?q=pdf")
    assert [listing.slug for listing in page.context["listings"]] == ["pdf"]
    text = page.content.decode()
    assert all(words in text for words in ("$4.99", "Runs code", "1,234 downloads", "Skill"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=rule", ["rule"]),
        ("target=cursor", ["cursor"]),
        ("tag=PDF", ["tagged"]),
        ("vendor=acme", ["rule"]),
        ("price=paid", ["paid"]),
        ("verified=on", ["verified"]),
        ("runs_code=yes", ["code"]),
        ("type=rule&price=paid", []),
    ],
)
def test_a_filter_narrows(client: Client, query: str, found: list[str]) -> None:
    ListingFactory.create(slug="rule", type="rule", vendor__slug="acme")
    ListingFactory.create(slug="cursor", targets=["cursor"])
    ListingFactory.create(slug="tagged", tags=["pdf"])
    ListingFactory.create(slug="paid", price_cents=99)
    ListingFactory.create(slug="verified", is_verified=True)
    ListingFactory.create(slug="code", runs_code=True)
    assert names(client, query) == found


def test_what_is_not_for_everybody_is_not_found(client: Client) -> None:
    ListingFactory.create(state=ListingState.DRAFT)
    ListingFactory.create(state=ListingState.HIDDEN)
    ListingFactory.create(visibility=Visibility.UNLISTED)
    assert names(client, "") == []


def test_a_filter_in_force_is_shown_and_can_be_taken_away(client: Client) -> None:
    ListingFactory.create(type="rule")
    chips = client.get("/search?q=pdf&type=rule&verified=on").context["chips"]
    assert [(chip.label, chip.url) for chip in chips] == [
        ("Rule", "/search?q=pdf&verified=on"),
        ("Verified vendors", "/search?q=pdf&type=rule"),
    ]


def test_pages_follow_each_other_and_keep_the_question(client: Client) -> None:
    for _ in range(PAGE_SIZE + 1):
        ListingFactory.create(type="rule")
    first = client.get("/search?type=rule")
    assert len(first.context["listings"]) == PAGE_SIZE
    second = client.get(first.context["next_url"])
    assert len(second.context["listings"]) == 1
    assert second.context["next_url"] == ""
    assert second.context["chips"][0].url == "/search"


def test_a_cursor_of_another_search_begins_this_one_anew(client: Client) -> None:
    answer = client.get("/search?q=pdf&cursor=forged")
    assert (answer.status_code, answer["Location"]) == (302, "/search?q=pdf")


@pytest.mark.parametrize("query", ["type=virus", "tag=%3F", "q=%3F%3F%3F", f"q={'x' * 201}"])
def test_an_impossible_question_says_so(client: Client, query: str) -> None:
    ListingFactory.create()
    page = client.get(f"/search?{query}")
    assert page.status_code == 200
    assert "No package can match this" in page.content.decode()


def test_an_empty_shelf_invites_to_publish(client: Client) -> None:
    assert "The shelf is empty" in client.get("/search").content.decode()
    assert "No packages found" in client.get("/search?q=pdf").content.decode()


def test_what_a_seller_has_written_is_shown_as_text(client: Client) -> None:
    ListingFactory.create(title="<script>alert()</script>", summary='"><img src=x>')
    text = client.get("/search?q=%3Cscript%3E").content.decode()
    text += client.get("/search").content.decode()
    assert "<script>alert" not in text
    assert "<img" not in text


def test_many_results_cost_as_much_as_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        ListingFactory.create()
    with django_assert_num_queries(2):  # which ones, their rows
        client.get("/search")
    assert Listing.objects.count() == 5


def test_the_words_stay_in_the_box(client: Client) -> None:
    VendorFactory.create()
    assert (
        'value="pdf &quot;tools&quot;"' in client.get("/search?q=pdf+%22tools%22").content.decode()
    )
