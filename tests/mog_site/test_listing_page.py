"""One package's page: what it says, to whom, and when something stands in the way."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Listing, ListingState, Visibility
from releases.models import Release, Transition
from releases.states import State
from tests import shelf
from tests.factories.catalog import ListingFactory
from tests.factories.payments import EntitlementFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/acme/pdf"


@pytest.fixture
def listing(alice: User) -> Listing:
    made: Listing = ListingFactory.create(slug="pdf", vendor__slug="acme", vendor__user=alice)
    return made


def words(client: Client, path: str = PAGE) -> str:
    """Return what a page says, without its markup."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_it_says_what_one_should_know_before_one_takes_it(client: Client, listing: Listing) -> None:
    release = shelf.published(listing=listing)
    text = words(client)
    for fact in (
        "PDF tools",
        "mog install acme/pdf",
        "1.0.0",
        "MIT",
        "Claude Code, Any other agent",
        "4.3 kB",
        release.artifact.sha256,
        "Connects to api.example.com",
        "What its texts ask an agent to do is not listed.",
        "Verdict Passed",
        "Ruleset 0123456789ab",
        "3 files, 1.4 kB unpacked",
        "content/SKILL.md 1.2 kB",
        "Free",
        "Sign in to get it",
    ):
        assert fact in text


def test_the_readme_is_drawn_as_it_was_cleaned(client: Client, listing: Listing) -> None:
    shelf.published(listing=listing)
    assert "<p>Reads <code>.pdf</code> files.</p>" in client.get(PAGE).content.decode()


def test_the_highest_published_version_is_the_one_it_shows(
    client: Client, listing: Listing
) -> None:
    for version, state in (
        ("1.0.0", State.PUBLISHED),
        ("1.10.0", State.PUBLISHED),
        ("1.9.0", State.PUBLISHED),
        ("2.0.0", State.WITHDRAWN),
    ):
        release = ReleaseFactory.create(listing=listing, version=version, state=state)
        ArtifactFactory.create(release=release)
    context = client.get(PAGE).context
    assert context["release"].version == "1.10.0"
    assert [each.version for each in context["versions"]] == ["2.0.0", "1.10.0", "1.9.0", "1.0.0"]


@pytest.mark.parametrize("state", [State.UPLOADED, State.HELD, State.REJECTED, State.ACCEPTED])
def test_what_is_not_published_is_nobodys_to_see(
    client: Client, listing: Listing, state: State
) -> None:
    shelf.published(listing=listing)
    ReleaseFactory.create(listing=listing, version="2.0.0", state=state)
    assert "2.0.0" not in words(client)
    assert client.get(f"{PAGE}/2.0.0").status_code == 404


def test_who_is_signed_in_may_get_it(client: Client, listing: Listing, bob: User) -> None:
    shelf.published(listing=listing)
    sign_in(client, bob)
    assert f'action="{PAGE}/purchase"' in client.get(PAGE).content.decode()


def test_who_has_it_is_told_so(client: Client, listing: Listing, bob: User) -> None:
    shelf.published(listing=listing)
    EntitlementFactory.create(listing=listing, user=bob)
    sign_in(client, bob)
    assert "In your library" in words(client)


def test_a_price_is_honest_about_the_wallet(client: Client, bob: User) -> None:
    listing = ListingFactory.create(slug="pdf", vendor__slug="acme", price_cents=499)
    shelf.published(listing=listing)
    sign_in(client, bob)
    text = words(client)
    assert "$4.99" in text
    assert "Buy it" in text
    assert "Get it" not in text.replace("Get it there", "")


def test_its_seller_finds_the_way_to_edit_it(
    client: Client, listing: Listing, alice: User, bob: User
) -> None:
    shelf.published(listing=listing)
    sign_in(client, alice)
    assert f"{PAGE}/edit" in client.get(PAGE).content.decode()
    sign_in(client, bob)
    assert f"{PAGE}/edit" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"state": ListingState.DRAFT}, 404),
        ({"state": ListingState.HIDDEN}, 404),
        ({"state": ListingState.RETIRED}, 404),
        ({"visibility": Visibility.UNLISTED}, 200),
    ],
)
def test_strangers_see_what_is_theirs_to_see(
    client: Client, listing: Listing, alice: User, charlie: User, facts: dict[str, str], status: int
) -> None:
    Listing.objects.update(**facts)
    assert client.get(PAGE).status_code == status
    sign_in(client, charlie)
    assert client.get(PAGE).status_code == status
    sign_in(client, alice)
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.WITHDRAWN, "withdrawn by its seller"),
        (State.SUSPENDED, "A moderator has stopped this version"),
        (State.REVOKED, "taken out for good"),
    ],
)
def test_what_was_taken_back_says_so(
    client: Client, listing: Listing, state: State, said: str
) -> None:
    shelf.published(listing=listing)
    Release.objects.update(state=state)
    Transition.objects.create(
        release=Release.objects.get(), before="published", after=state, reason="It loops."
    )
    for path in (PAGE, f"{PAGE}/1.0.0"):
        text = words(client, path)
        assert said in text
        assert ("mog install" in text) is (state is State.WITHDRAWN)
    assert ("It loops." in words(client, f"{PAGE}/1.0.0")) is (state is State.WITHDRAWN)


def test_a_versions_page_installs_exactly_that(client: Client, listing: Listing) -> None:
    shelf.published(listing=listing)
    assert "mog install acme/pdf@1.0.0" in words(client, f"{PAGE}/1.0.0")
    assert client.get(f"{PAGE}/9.9.9").status_code == 404


def test_an_unknown_package_is_not_found(client: Client, listing: Listing) -> None:
    assert client.get("/acme/nothing").status_code == 404
    assert client.get("/nobody/pdf").status_code == 404


def test_many_versions_cost_as_much_as_one(
    client: Client, listing: Listing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        shelf.published(listing=listing, version=f"1.{number}.0")
    with django_assert_num_queries(3):  # listing, versions, the latest with its texts
        client.get(PAGE)
