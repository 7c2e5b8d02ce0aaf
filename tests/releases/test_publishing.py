"""Publishing and taking back, and what the listing says then."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing, ListingState, Vendor
from releases import publishing
from releases.models import Artifact, Release, Transition
from releases.states import State
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import DraftFactory
from tests.factories.releases import FILES, ArtifactFactory
from tests.releases.conftest import RELEASES

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(acme: Vendor) -> Listing:
    """Alice's draft."""
    made: Listing = DraftFactory.create(vendor=acme, slug="pdf-tools")
    return made


def accepted(listing: Listing, version: str = "1.0.0") -> Release:
    """Return an accepted release with an artifact."""
    made: Artifact = ArtifactFactory.create(
        release__listing=listing, release__version=version, release__state=State.ACCEPTED
    )
    return made.release


def publish(client: Client, release: Release) -> tuple[int, dict[str, object]]:
    """Publish through the API."""
    path = f"{RELEASES}/{release.public_id}/publication"
    answer = client.post(path, {}, content_type="application/json")
    return answer.status_code, answer.json()


def withdraw(client: Client, release: Release, reason: str) -> tuple[int, dict[str, object]]:
    """Withdraw through the API."""
    answer = client.post(
        f"{RELEASES}/{release.public_id}/withdrawal",
        {"reason": reason},
        content_type="application/json",
    )
    return answer.status_code, answer.json()


def test_a_published_release_puts_the_listing_on_the_shelf(
    seller: Client, listing: Listing
) -> None:
    status, body = publish(seller, accepted(listing))
    listing.refresh_from_db()
    assert (status, body["state"]) == (201, "published")
    assert (listing.state, listing.latest_version, listing.type) == (
        ListingState.LIVE,
        "1.0.0",
        "skill",
    )
    assert (listing.summary, listing.tags, listing.license) == ("Reads PDFs.", ["pdf"], "MIT")
    assert listing.readme_html.startswith("<h2>PDF tools</h2>")
    assert listing.readme_text == "PDF tools Reads .pdf files."


def test_publishing_twice_is_refused(seller: Client, listing: Listing) -> None:
    release = accepted(listing)
    publish(seller, release)
    status, body = publish(seller, release)
    assert (status, body["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED])
def test_only_what_was_accepted_can_be_published(
    seller: Client, listing: Listing, state: State
) -> None:
    release = accepted(listing)
    Release.objects.update(state=state)
    assert publish(seller, release)[0] == 409


def test_a_lower_version_does_not_become_the_latest(seller: Client, listing: Listing) -> None:
    for version in ("1.10.0", "1.9.0"):
        publish(seller, accepted(listing, version))
    listing.refresh_from_db()
    assert listing.latest_version == "1.10.0"


def test_a_withdrawn_release_leaves_the_one_before_it(seller: Client, listing: Listing) -> None:
    first, second = accepted(listing, "1.0.0"), accepted(listing, "1.1.0")
    publish(seller, first)
    publish(seller, second)
    status, body = withdraw(seller, second, "It loses pages.")
    listing.refresh_from_db()
    assert (status, body["state"]) == (201, "withdrawn")
    assert (listing.state, listing.latest_version) == (ListingState.LIVE, "1.0.0")
    assert Transition.objects.latest("id").reason == "It loses pages."


def test_the_last_withdrawal_takes_the_listing_off_the_shelf(
    seller: Client, listing: Listing
) -> None:
    release = accepted(listing)
    publish(seller, release)
    withdraw(seller, release, "No longer kept up.")
    listing.refresh_from_db()
    assert listing.state == ListingState.DRAFT


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_withdrawal_needs_a_reason(seller: Client, listing: Listing, reason: str) -> None:
    release = accepted(listing)
    publish(seller, release)
    assert withdraw(seller, release, reason)[0] == 422


def test_what_the_seller_wrote_stays(seller: Client, listing: Listing) -> None:
    Listing.objects.update(summary="Mine", has_own_summary=True, tags=["own"])
    publish(seller, accepted(listing))
    listing.refresh_from_db()
    assert (listing.summary, listing.tags) == ("Mine", ["own"])


def test_a_retired_listing_publishes_nothing(seller: Client, listing: Listing) -> None:
    release = accepted(listing)
    Listing.objects.update(state=ListingState.RETIRED, type="skill")
    assert publish(seller, release)[0] == 409


def test_publishing_needs_its_scope(listing: Listing, alice: User) -> None:
    assert publish(Bearer(alice, "read").client, accepted(listing))[0] == 403


def test_publishing_takes_no_words(seller: Client, listing: Listing) -> None:
    release = accepted(listing)
    path = f"{RELEASES}/{release.public_id}/publication"
    assert seller.post(path, {"x": 1}, content_type="application/json").status_code == 422


@pytest.mark.parametrize("version", ["%00", "1.0.0%00"])
def test_an_address_with_a_nul_is_not_found(api_client: Client, version: str) -> None:
    path = f"/v1/listings/acme/pdf-tools/releases/{version}"
    assert api_client.get(path).status_code == 404


def test_a_failure_half_way_changes_nothing(
    alice: User, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = accepted(listing)

    def breaks(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(publishing, "tell_listing", breaks)
    with pytest.raises(DatabaseError):
        publishing.publish(release, by=Bearer(alice, SELLER).actor, now=timezone.now())
    assert Release.objects.get().state == State.ACCEPTED
    assert not Transition.objects.exists()


@pytest.mark.parametrize("model", [Artifact, Transition])
def test_what_happened_cannot_be_changed(
    seller: Client, listing: Listing, model: type[Artifact] | type[Transition]
) -> None:
    publish(seller, accepted(listing))
    for change in (
        lambda: model.objects.update(release=Release.objects.get()),
        lambda: model.objects.all().delete(),
    ):
        # Refused by a trigger, or by a missing grant.
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert model.objects.exists()


def test_an_artifact_is_made_once(listing: Listing) -> None:
    release = accepted(listing)
    with pytest.raises(IntegrityError), transaction.atomic():
        ArtifactFactory.create(release=release)


def test_everybody_sees_the_versions_that_were_published(
    api_client: Client, seller: Client, listing: Listing
) -> None:
    publish(seller, accepted(listing, "1.0.0"))
    accepted(listing, "1.1.0")
    path = "/v1/listings/acme/pdf-tools/releases"
    items = api_client.get(path).json()["items"]
    assert [item["version"] for item in items] == ["1.0.0"]
    detail = api_client.get(f"{path}/1.0.0").json()
    assert detail["files"] == list(FILES)
    assert api_client.get(f"{path}/1.1.0").status_code == 404
