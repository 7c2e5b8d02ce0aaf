"""What lockfiles are told of what is installed: who is warned of what, and who learns nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from catalog.models import Listing, ListingState, Vendor, Visibility
from releases import publishing, review
from releases.models import Artifact, Case, Cause, Outcome, Release, Transition
from releases.states import SHOWN, State
from tests import signed_in
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import EntitlementFactory
from tests.factories.releases import ArtifactFactory
from tests.releases.auditing import AUDIT, post

pytestmark = pytest.mark.django_db

UNKNOWN = {
    "status": "unknown",
    "reason": "",
    "sameArchive": None,
    "latestVersion": None,
    "hasNewer": False,
}


def locked(artifact: Artifact, **changes: object) -> dict[str, object]:
    """Return a release as the lockfile of whoever has installed it has it."""
    release = artifact.release
    said = {"name": release.name, "version": release.version, "sha256": artifact.sha256}
    return said | changes


def told(client: Client, *artifacts: Artifact, **changes: object) -> list[dict[str, Any]]:
    """Ask about releases; return the answers."""
    status, body = post(client, [locked(artifact, **changes) for artifact in artifacts])
    assert status == 200, body
    items: list[dict[str, Any]] = body["items"]
    return items


def published(
    listing: Listing, version: str = "1.0.0", *, state: State = State.PUBLISHED
) -> Artifact:
    """Return a release of a listing with what was made of it."""
    artifact: Artifact = ArtifactFactory.create(
        release__listing=listing, release__version=version, release__state=state
    )
    return artifact


def review_of(release: Release, cause: Cause = Cause.RESCAN, **fields: object) -> Case:
    """Open a case."""
    now = timezone.now()
    return Case.objects.create(
        release=release, cause=cause, opened_at=now, due_at=now + timedelta(days=1), **fields
    )


def owner(vendor: Vendor) -> Actor:
    """Return the seller, at work."""
    assert vendor.user is not None
    return Bearer(vendor.user, "read sell").actor


@pytest.fixture
def listing(alice: User) -> Listing:
    """Alice's package, on the shelf."""
    made: Listing = ListingFactory.create(vendor__user=alice)
    return made


@pytest.fixture
def artifact(listing: Listing) -> Artifact:
    """Its release 1.0.0."""
    return published(listing)


def test_what_is_on_the_shelf_is_fine(api_client: Client, artifact: Artifact) -> None:
    assert told(api_client, artifact) == [
        {
            "name": artifact.release.name,
            "version": "1.0.0",
            "status": "ok",
            "reason": "",
            "sameArchive": True,
            "latestVersion": "1.0.0",
            "hasNewer": False,
        }
    ]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.PUBLISHED, "ok"),
        (State.WITHDRAWN, "withdrawn"),
        (State.SUSPENDED, "suspended"),
        (State.REVOKED, "revoked"),
    ],
)
def test_every_state_that_is_shown_has_a_status(
    api_client: Client, listing: Listing, state: State, status: str
) -> None:
    (item,) = told(api_client, published(listing, state=state))
    assert item["status"] == status


@pytest.mark.parametrize("state", sorted(set(State) - SHOWN))
def test_what_was_never_published_is_unknown(
    api_client: Client, listing: Listing, alice: User, state: State
) -> None:
    artifact = published(listing, "2.0.0", state=state)
    for client in (api_client, Bearer(alice, BUYER).client):
        (item,) = told(client, artifact)
        assert item == {"name": listing.name, "version": "2.0.0"} | UNKNOWN


def test_a_case_that_is_open_flags_a_published_release(
    api_client: Client, artifact: Artifact
) -> None:
    case = review_of(artifact.release)
    assert told(api_client, artifact)[0]["status"] == "flagged"
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now(), outcome=Outcome.CLEARED)
    assert told(api_client, artifact)[0]["status"] == "ok"


def test_a_seller_who_contests_a_finding_is_not_flagged_for_it(
    api_client: Client, artifact: Artifact
) -> None:
    review_of(artifact.release, Cause.DISPUTE)
    assert told(api_client, artifact)[0]["status"] == "ok"


def test_another_archive_than_the_published_one_is_a_mismatch(
    api_client: Client, artifact: Artifact
) -> None:
    review_of(artifact.release)
    (item,) = told(api_client, artifact, sha256="0" * 64)
    assert (item["status"], item["sameArchive"]) == ("mismatch", False)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.REVOKED])
def test_a_recall_goes_before_a_mismatch(
    api_client: Client, listing: Listing, state: State
) -> None:
    (item,) = told(api_client, published(listing, state=state), sha256="0" * 64)
    assert (item["status"], item["sameArchive"]) == (state.value, False)


def test_the_digest_of_another_version_is_a_mismatch(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    other = published(listing, "1.0.1")
    assert told(api_client, artifact, sha256=other.sha256)[0]["status"] == "mismatch"


def test_versions_are_compared_as_numbers(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    middle, highest = published(listing, "1.9.0"), published(listing, "1.10.0")
    published(listing, "2.0.0", state=State.SUSPENDED)
    published(listing, "3.0.0", state=State.ACCEPTED)
    items = told(api_client, artifact, middle, highest)
    assert [item["latestVersion"] for item in items] == ["1.10.0"] * 3
    assert [item["hasNewer"] for item in items] == [True, True, False]


def test_the_latest_version_may_be_an_older_one(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    (item,) = told(api_client, published(listing, "2.0.0", state=State.REVOKED))
    assert (item["latestVersion"], item["hasNewer"]) == ("1.0.0", False)


def test_the_only_release_is_recalled_although_its_listing_is_gone(
    api_client: Client, bob: User, listing: Listing, artifact: Artifact
) -> None:
    staff = Actor.staff(bob, origin=Origin())
    review.suspend(artifact.release, reason="It phones home.", by=staff, now=timezone.now())
    assert api_client.get(f"/v1/listings/{listing.name}").status_code == 404
    (item,) = told(api_client, artifact)
    assert (item["status"], item["latestVersion"]) == ("suspended", None)


@pytest.mark.parametrize("state", [ListingState.HIDDEN, ListingState.RETIRED])
def test_a_listing_that_left_the_shelf_still_answers(
    api_client: Client, listing: Listing, artifact: Artifact, state: ListingState
) -> None:
    Listing.objects.update(state=state)
    Release.objects.update(state=State.REVOKED)
    assert told(api_client, artifact)[0]["status"] == "revoked"


def test_buyers_read_why_a_seller_withdrew(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    release, by = artifact.release, owner(listing.vendor)
    publishing.withdraw(release, reason="It was slow.", by=by, now=timezone.now())
    (item,) = told(api_client, artifact)
    assert (item["status"], item["reason"]) == ("withdrawn", "It was slow.")


def test_what_staff_wrote_about_a_suspension_stays_with_staff_and_seller(
    api_client: Client, bob: User, listing: Listing, artifact: Artifact
) -> None:
    release, staff = artifact.release, Actor.staff(bob, origin=Origin())
    now = timezone.now()
    publishing.withdraw(release, reason="It was slow.", by=owner(listing.vendor), now=now)
    review.suspend(release, reason="A rule of ours.", by=staff, now=now)
    (item,) = told(api_client, artifact)
    assert (item["status"], item["reason"]) == ("suspended", "")
    review.restore(release, reason="Another rule.", by=staff, now=now)
    (item,) = told(api_client, artifact)
    assert (item["status"], item["reason"]) == ("withdrawn", "It was slow.")


def test_everybody_reads_why_a_release_was_revoked(api_client: Client, listing: Listing) -> None:
    artifact = published(listing, state=State.REVOKED)
    Transition.objects.create(
        release=artifact.release, before="published", after="revoked", reason="It steals keys."
    )
    assert told(api_client, artifact)[0]["reason"] == "It steals keys."


def test_a_mismatch_has_no_reason_of_the_release(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    by = owner(listing.vendor)
    publishing.withdraw(artifact.release, reason="It was slow.", by=by, now=timezone.now())
    (item,) = told(api_client, artifact, sha256="0" * 64)
    assert (item["status"], item["reason"]) == ("mismatch", "")


@pytest.fixture
def private(db: None) -> Artifact:
    """A release of a package that an organization keeps to itself."""
    vendor = VendorFactory.create(user=None, organization=OrganizationFactory.create())
    return published(ListingFactory.create(vendor=vendor, visibility=Visibility.PRIVATE))


@pytest.mark.parametrize("state", sorted(SHOWN))
def test_the_private_packages_of_others_do_not_exist(
    api_client: Client, charlie: User, private: Artifact, state: State
) -> None:
    Release.objects.update(state=state)
    review_of(private.release)
    missing = locked(private, name=f"{private.release.name}-not")
    for client in (api_client, Bearer(charlie, BUYER).client):
        for sha256 in (private.sha256, "0" * 64):
            about = [locked(private, sha256=sha256), missing]
            answers = [item | {"name": ""} for item in post(client, about)[1]["items"]]
            assert answers == [{"name": "", "version": "1.0.0"} | UNKNOWN] * 2


def test_members_hear_of_their_private_packages(bob: User, private: Artifact) -> None:
    organization = private.release.listing.vendor.organization
    member = Bearer(bob, BUYER, kind="organization", organization=organization)
    assert told(member.client, private)[0]["status"] == "ok"


def test_buyers_hear_of_what_became_private(
    bob: User, charlie: User, listing: Listing, artifact: Artifact
) -> None:
    EntitlementFactory.create(user=bob, listing=listing)
    Listing.objects.update(visibility=Visibility.PRIVATE)
    assert told(Bearer(bob, BUYER).client, artifact)[0]["status"] == "ok"
    assert told(Bearer(charlie, BUYER).client, artifact)[0]["status"] == "unknown"


def test_who_gave_it_back_hears_nothing_more(
    bob: User, listing: Listing, artifact: Artifact
) -> None:
    EntitlementFactory.create(user=bob, listing=listing, revoked_at=timezone.now())
    Listing.objects.update(visibility=Visibility.PRIVATE)
    assert told(Bearer(bob, BUYER).client, artifact)[0]["status"] == "unknown"


def test_a_session_is_nobody_here(client: Client, bob: User, private: Artifact) -> None:
    EntitlementFactory.create(user=bob, listing=private.release.listing)
    signed_in.sign_in(client, bob)
    assert told(client, private)[0]["status"] == "unknown"
    assert told(Bearer(bob, BUYER).client, private)[0]["status"] == "ok"


def test_a_bad_token_is_told(artifact: Artifact) -> None:
    client = Client(headers={"Authorization": "Bearer mog_pat_wrong"})
    status, body = post(client, [locked(artifact)])
    assert (status, body["code"]) == (401, "invalid_token")


def test_answers_come_in_the_order_of_the_questions(
    api_client: Client, listing: Listing, artifact: Artifact
) -> None:
    other = published(ListingFactory.create())
    about = [locked(other), locked(artifact, version="9.9.9"), locked(artifact), locked(other)]
    _, body = post(api_client, about)
    expected = [(each["name"], each["version"]) for each in about]
    assert [(item["name"], item["version"]) for item in body["items"]] == expected
    statuses = [item["status"] for item in body["items"]]
    assert statuses == ["ok", "unknown", "ok", "ok"]


def test_nobody_keeps_an_answer(api_client: Client, artifact: Artifact) -> None:
    body = {"packages": [locked(artifact)]}
    answer = api_client.post(AUDIT, body, content_type="application/json")
    assert "no-store" in answer.headers["Cache-Control"]
    assert api_client.get(AUDIT).status_code == 405


def shelf(count: int) -> Sequence[Artifact]:
    """Put listings on the shelf, each with two releases; return the older ones."""
    older = [published(ListingFactory.create()) for _ in range(count)]
    for artifact in older:
        published(artifact.release.listing, "1.0.1")
    return older


@pytest.mark.parametrize("count", [1, 20])
def test_an_answer_costs_two_queries(
    api_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    about = [locked(artifact) for artifact in shelf(count)]
    with django_assert_num_queries(2):
        _, body = post(api_client, about)
    assert [item["hasNewer"] for item in body["items"]] == [True] * count


def test_a_token_costs_one_query_more(
    bob: User, artifact: Artifact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bearer, about = Bearer(bob, BUYER), [locked(artifact)]
    with django_assert_num_queries(3):
        post(bearer.client, about)
