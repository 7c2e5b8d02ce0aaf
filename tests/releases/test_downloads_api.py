"""Links to archives: who gets one, what it opens, and when it stops."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Listing, ListingState, Visibility
from releases import counting, links, storage
from releases.models import Artifact, DailyDownload, Release
from releases.states import State
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import EntitlementFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory

pytestmark = pytest.mark.django_db

DOWNLOADS = "/v1/downloads"
CONTENT = b"the archive"


def fetch(client: Client, listing: Listing, **fields: str) -> tuple[int, dict[str, object]]:
    """Ask for a link; return status and answer."""
    body = {"listing": listing.name} | fields
    answer = client.post(DOWNLOADS, body, content_type="application/json")
    return answer.status_code, answer.json()


def kept(release: Release) -> Artifact:
    """Keep an archive as what was made of a release."""
    path = storage.work_folder() / "made"
    path.write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    storage.put_artifact(path, sha256=sha256)
    artifact: Artifact = ArtifactFactory.create(
        release=release, sha256=sha256, size_bytes=len(CONTENT)
    )
    return artifact


@pytest.fixture
def listing() -> Listing:
    """One that has a published release, 1.0.0."""
    made: Listing = ListingFactory.create()
    kept(ReleaseFactory.create(listing=made))
    return made


def opened(url: object) -> tuple[int, bytes]:
    """Open a link as anybody would."""
    answer = Client().get(urlsplit(str(url)).path)
    return answer.status_code, answer.getvalue() if answer.streaming else b""


def test_who_has_a_listing_gets_a_link(bob: User, listing: Listing) -> None:
    entitlement = EntitlementFactory.create(user=bob, listing=listing)
    status, body = fetch(Bearer(bob, BUYER).client, listing)
    assert status == 200
    assert body["entitlementId"] == entitlement.public_id
    assert (body["version"], body["sizeBytes"]) == ("1.0.0", len(CONTENT))
    assert opened(body["url"]) == (200, CONTENT)


def test_the_answer_carries_what_installing_needs(bob: User, listing: Listing) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    _, body = fetch(Bearer(bob, BUYER).client, listing)
    manifest = body["manifest"]
    assert isinstance(manifest, dict)
    assert {"name", "version", "type", "targets", "installMap", "server"} <= set(manifest)


def test_without_a_token_there_is_no_link(api_client: Client, listing: Listing) -> None:
    assert fetch(api_client, listing)[0] == 401


def test_a_link_needs_its_scope(bob: User, listing: Listing) -> None:
    status, body = fetch(Bearer(bob, "read").client, listing)
    assert (status, body["code"]) == (403, "missing_scope")


def test_who_has_it_not_is_told_how_to_get_it(charlie: User, listing: Listing) -> None:
    status, body = fetch(Bearer(charlie, BUYER).client, listing)
    assert (status, body["code"]) == (402, "entitlement_required")
    details = body["details"]
    assert isinstance(details, dict)
    assert (details["listing"], details["priceCents"]) == (listing.name, 0)
    assert str(details["purchaseUrl"]).endswith(f"/{listing.name}")


def test_a_revoked_entitlement_opens_nothing(bob: User, listing: Listing) -> None:
    EntitlementFactory.create(user=bob, listing=listing, revoked_at=timezone.now())
    assert fetch(Bearer(bob, BUYER).client, listing)[0] == 402


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        (State.SUSPENDED, 423, "release_suspended"),
        (State.REVOKED, 410, "release_revoked"),
        (State.ACCEPTED, 404, "version_not_found"),
        (State.HELD, 404, "version_not_found"),
    ],
)
def test_a_stopped_version_is_not_given_out(
    bob: User, listing: Listing, state: State, status: int, code: str
) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    Release.objects.update(state=state)
    for fields in ({}, {"version": "1.0.0"}):
        answer = fetch(Bearer(bob, BUYER).client, listing, **fields)
        assert (answer[0], answer[1]["code"]) == (status, code)


def test_a_withdrawn_version_can_still_be_installed(bob: User, listing: Listing) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    Release.objects.update(state=State.WITHDRAWN)
    assert fetch(Bearer(bob, BUYER).client, listing, version="1.0.0")[0] == 200


@pytest.mark.parametrize("state", [ListingState.RETIRED, ListingState.HIDDEN])
def test_who_has_a_listing_keeps_it(bob: User, listing: Listing, state: str) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    Listing.objects.update(state=state)
    assert fetch(Bearer(bob, BUYER).client, listing)[0] == 200


def test_the_highest_published_version_is_the_latest(bob: User, listing: Listing) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    for version, state in (("1.9.0", State.PUBLISHED), ("1.10.0", State.PUBLISHED)):
        ArtifactFactory.create(release__listing=listing, release__version=version)
        assert state == State.PUBLISHED
    ArtifactFactory.create(
        release__listing=listing, release__version="2.0.0", release__state=State.SUSPENDED
    )
    _, body = fetch(Bearer(bob, BUYER).client, listing)
    assert body["version"] == "1.10.0"


def test_members_need_no_entitlement_for_private_packages(bob: User, charlie: User) -> None:
    organization = OrganizationFactory.create()
    vendor = VendorFactory.create(user=None, organization=organization)
    private = ListingFactory.create(vendor=vendor, visibility=Visibility.PRIVATE)
    kept(ReleaseFactory.create(listing=private))
    member = Bearer(bob, BUYER, kind="organization", organization=organization)
    status, body = fetch(member.client, private)
    assert (status, body["entitlementId"]) == (200, None)
    assert fetch(Bearer(charlie, BUYER).client, private)[0] == 404


def test_an_organization_needs_none_for_what_it_sells(bob: User) -> None:
    organization = OrganizationFactory.create()
    vendor = VendorFactory.create(user=None, organization=organization)
    own = ListingFactory.create(vendor=vendor)
    kept(ReleaseFactory.create(listing=own))
    member = Bearer(bob, BUYER, kind="organization", organization=organization)
    assert fetch(member.client, own)[0] == 200


def test_a_link_lives_for_five_minutes(bob: User, listing: Listing, settings: Settings) -> None:
    sha256 = Artifact.objects.get().sha256
    now = timezone.now()
    fresh = links.write(sha256, file_name="a.zip", now=now - timedelta(seconds=295))
    late = links.write(sha256, file_name="a.zip", now=now - timedelta(seconds=301))
    assert opened(fresh)[0] == 200
    assert opened(late)[0] == 403


def test_a_forged_link_opens_nothing(listing: Listing) -> None:
    path = urlsplit(
        links.write(Artifact.objects.get().sha256, file_name="a.zip", now=timezone.now())
    ).path
    for forged in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace(":", "a:"),
        "/content/x",
    ):
        assert Client().get(forged).status_code == 403


def test_a_link_to_what_is_gone_opens_nothing(listing: Listing) -> None:
    url = links.write("0" * 64, file_name="a.zip", now=timezone.now())
    assert opened(url)[0] == 403


def test_a_link_needs_nobody_and_ignores_cookies(listing: Listing) -> None:
    sha256 = Artifact.objects.get().sha256
    path = urlsplit(links.write(sha256, file_name="a.zip", now=timezone.now())).path
    answer = Client().get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.zip"'
    assert answer.headers["Content-Type"] == "application/zip"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers
    assert answer.getvalue() == CONTENT


def test_content_lives_on_its_own_origin_where_there_is_one(
    listing: Listing, settings: Settings
) -> None:
    settings.CONTENT_URL = "http://content.example"
    settings.ALLOWED_HOSTS = ["testserver", "content.example"]
    sha256 = Artifact.objects.get().sha256
    url = links.write(sha256, file_name="a.zip", now=timezone.now())
    assert url.startswith("http://content.example/content/")
    path = urlsplit(url).path
    assert Client().get(path).status_code == 404
    there = Client(headers={"host": "content.example"})
    answer = there.get(path)
    assert answer.status_code == 200
    answer.close()
    for page in ("/", "/sign-in", "/v1/listings"):
        assert there.get(page).status_code == 404


def test_a_download_counts_once_for_each_person_and_day(
    bob: User, charlie: User, listing: Listing
) -> None:
    for person in (bob, charlie):
        EntitlementFactory.create(user=person, listing=listing)
        client = Bearer(person, BUYER).client
        fetch(client, listing)
        fetch(client, listing)
    assert DailyDownload.objects.count() == 2
    assert counting.count_downloads() == 2
    assert counting.count_downloads() == 0
    listing.refresh_from_db()
    assert (listing.downloads, listing.popularity) == (2, 2)


def test_a_refused_download_does_not_count(charlie: User, listing: Listing) -> None:
    fetch(Bearer(charlie, BUYER).client, listing)
    assert not DailyDownload.objects.exists()


def test_a_link_costs_a_fixed_number_of_queries(
    bob: User, listing: Listing, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    bearer = Bearer(bob, BUYER)
    # Token, listing, entitlement, release with artifact, savepoint and its end, count; and that it
    # is used, the first time.
    for most in (8, 7):
        with django_assert_max_num_queries(most):
            fetch(bearer.client, listing)


@pytest.mark.parametrize("version", ["", "../1", "9" * 99])
def test_a_version_nobody_knows_is_not_found(bob: User, listing: Listing, version: str) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    assert fetch(Bearer(bob, BUYER).client, listing, version=version)[0] in {404, 422}
