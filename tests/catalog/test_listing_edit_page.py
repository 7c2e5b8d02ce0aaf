"""What a seller says of a listing, and retiring it."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Listing, ListingState
from tests.factories.catalog import ListingFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/acme/pdf"
SAID = {
    "title": "PDF",
    "summary": "Reads.",
    "tags": "pdf, documents",
    "price": "4.99",
    "visibility": "unlisted",
}


@pytest.fixture
def listing(client: Client, alice: User) -> Listing:
    sign_in(client, alice)
    made: Listing = ListingFactory.create(
        slug="pdf", vendor__slug="acme", vendor__user=alice, price_cents=1005
    )
    return made


def test_it_is_changed(client: Client, listing: Listing) -> None:
    assert client.post(f"{PAGE}/edit", SAID)["Location"] == PAGE
    listing.refresh_from_db()
    assert (listing.title, listing.summary, listing.price_cents) == ("PDF", "Reads.", 499)
    assert (listing.tags, listing.visibility) == (["pdf", "documents"], "unlisted")


def test_the_form_begins_with_what_is_said_now(client: Client, listing: Listing) -> None:
    form = client.get(f"{PAGE}/edit").context["form"]
    assert form["price"].value() == "10.05"
    assert form["title"].value() == listing.title


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "0.50"}, "price"),
        ({"price": "500.01"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "1.999"}, "price"),
        ({"tags": "No tag!"}, "tags"),
        ({"tags": ",".join("abcdefghijk")}, "tags"),
        ({"title": ""}, "title"),
        ({"visibility": "private"}, "visibility"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: Client, listing: Listing, changes: dict[str, str], field: str
) -> None:
    answer = client.post(f"{PAGE}/edit", SAID | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    listing.refresh_from_db()
    assert listing.title == "PDF tools"


def test_it_is_retired(client: Client, listing: Listing) -> None:
    assert client.post(f"{PAGE}/retirement")["Location"] == "/sell"
    listing.refresh_from_db()
    assert listing.state == ListingState.RETIRED
    assert "Retire this package" not in client.get(f"{PAGE}/edit").content.decode()


@pytest.mark.parametrize("act", ["edit", "retirement"])
def test_a_stranger_changes_nothing(client: Client, charlie: User, act: str) -> None:
    listing = ListingFactory.create(slug="pdf", vendor__slug="acme")
    assert client.post(f"{PAGE}/{act}", SAID).status_code == 302
    sign_in(client, charlie)
    assert client.post(f"{PAGE}/{act}", SAID).status_code == 404
    listing.refresh_from_db()
    assert (listing.title, listing.state) == ("PDF tools", ListingState.LIVE)
