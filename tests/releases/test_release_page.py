"""A release as its seller sees it: how it stands, published, withdrawn."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Listing, ListingState, Vendor
from releases.models import Release
from releases.states import State
from tests import shelf
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.releases import ReleaseFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def vendor(client: Client, alice: User) -> Vendor:
    sign_in(client, alice)
    made: Vendor = VendorFactory.create(slug="acme", user=alice)
    return made


@pytest.fixture
def listing(vendor: Vendor) -> Listing:
    made: Listing = ListingFactory.create(
        vendor=vendor, slug="pdf-tools", state=ListingState.DRAFT, type=""
    )
    return made


def page(release: Release) -> str:
    """Return its address."""
    return f"/releases/{release.public_id}"


def test_a_release_that_waits_is_asked_for_again(client: Client, listing: Listing) -> None:
    release = ReleaseFactory.create(listing=listing, state=State.SCANNING)
    text = client.get(page(release)).content.decode()
    assert f'hx-get="{page(release)}"' in text
    assert "Check again" in text
    part = client.get(page(release), headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part


def test_a_release_that_is_decided_is_not_asked_for_again(client: Client, listing: Listing) -> None:
    release = shelf.judged(State.HELD, listing=listing)
    part = client.get(page(release), headers=HTMX).content.decode()
    assert "hx-get" not in part
    assert "hx-swap-oob" in part


def test_findings_say_rule_place_and_advice(client: Client, listing: Listing) -> None:
    release = shelf.judged(State.REJECTED, listing=listing)
    text = client.get(page(release)).content.decode()
    for words in (
        "secret/named-value",
        "content/SKILL.md:1",
        "Remove the password",
        "A person looks",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("name_mismatch", "The name you gave is not the one"),
        ("version_mismatch", "The version you gave is not the one"),
        ("type_changed", "A package keeps its type"),
        ("scan_incomplete", "The scan could not finish"),
        ("upload_missing", "The upload was lost"),
    ],
)
def test_a_problem_is_a_sentence(
    client: Client, listing: Listing, problem: str, words: str
) -> None:
    release = shelf.judged(State.HELD, listing=listing, problem=problem)
    assert words in client.get(page(release)).content.decode()


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_words(client: Client, listing: Listing, state: State) -> None:
    release = ReleaseFactory.create(listing=listing, state=state)
    progress = client.get(page(release)).context["progress"]
    assert progress.title
    assert progress.explanation


def test_an_accepted_release_is_published(client: Client, listing: Listing) -> None:
    release = shelf.judged(State.ACCEPTED, listing=listing)
    assert client.post(f"{page(release)}/publication")["Location"] == page(release)
    release.refresh_from_db()
    listing.refresh_from_db()
    assert (release.state, listing.state) == (State.PUBLISHED, ListingState.LIVE)
    again = client.post(f"{page(release)}/publication", follow=True)
    assert "was in another state already" in again.content.decode()


def test_a_published_release_is_withdrawn_with_a_reason(client: Client, listing: Listing) -> None:
    release = shelf.judged(State.ACCEPTED, listing=listing)
    client.post(f"{page(release)}/publication")
    for reason in ("", "   "):
        refused = client.post(f"{page(release)}/withdrawal", {"reason": reason})
        assert refused.status_code == 422
    client.post(f"{page(release)}/withdrawal", {"reason": "It deletes files."})
    release.refresh_from_db()
    assert release.state == State.WITHDRAWN
    assert "It deletes files." in client.get(page(release)).content.decode()


def test_anothers_release_is_not_found(client: Client, vendor: Vendor) -> None:
    release = shelf.published()
    assert client.get(page(release)).status_code == 404
    assert client.post(f"{page(release)}/publication").status_code == 404
    assert client.post(f"{page(release)}/withdrawal", {"reason": "x"}).status_code == 404
    release.refresh_from_db()
    assert release.state == State.PUBLISHED
