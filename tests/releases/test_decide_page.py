"""Staff decides about releases: with a reason, through the operations, recorded."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import ListingState
from releases.models import Release
from releases.states import State
from tests import shelf
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.releases import ReleaseFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client: Client) -> User:
    """Somebody on the staff who may decide, and nothing else."""
    user: User = UserFactory.create(username="moderator", is_staff=True)
    permissions = Permission.objects.filter(
        codename__in=["view_release", "change_release"], content_type__app_label="releases"
    )
    user.user_permissions.set(permissions)
    sign_in(client, user)
    return user


def held() -> Release:
    """Return a release that waits for a person."""
    listing = ListingFactory.create(state=ListingState.DRAFT, type="")
    return shelf.judged(State.HELD, listing=listing, is_to_publish=True)


def page(release: Release) -> str:
    """Return the address of its decision."""
    return f"/admin/releases/release/{release.pk}/decide/"


def decide(client: Client, release: Release, decision: str, reason: str = "Harmless.") -> int:
    """Send a decision; return the status of the answer."""
    read = release.report.public_id if release.report else ""
    form = {"decision": decision, "reason": reason, "report": read}
    answer = client.post(page(release), form)
    release.refresh_from_db()
    return answer.status_code


def test_a_held_release_is_accepted_and_published(client: Client, moderator: User) -> None:
    release = held()
    assert decide(client, release, "accept") == 302
    assert release.state == State.PUBLISHED
    move = release.transitions.get(after=State.ACCEPTED)
    assert (move.reason, move.by) == ("Harmless.", moderator)
    event = Event.objects.get(action=Action.RELEASE_ACCEPTED)
    assert (event.actor_id, event.subject) == (moderator.public_id, release.subject)


def test_a_held_release_is_rejected(client: Client, moderator: User) -> None:
    release = held()
    assert decide(client, release, "reject", "It reads passwords.") == 302
    assert release.state == State.REJECTED


def test_a_scan_that_did_not_end_is_begun_again(client: Client, moderator: User) -> None:
    release = ReleaseFactory.create(state=State.HELD, upload_key="uploads/any")
    offered = client.get(page(release)).context["form"].fields["decision"].choices
    assert [name for name, _ in offered] == ["reject", "examine_again"]
    assert decide(client, release, "examine_again") == 302
    assert release.state == State.UPLOADED


def test_a_published_release_is_suspended_and_restored(client: Client, moderator: User) -> None:
    release = shelf.published()
    assert decide(client, release, "suspend") == 302
    assert release.state == State.SUSPENDED
    assert decide(client, release, "restore") == 302
    assert release.state == State.PUBLISHED


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_needs_a_reason(client: Client, moderator: User, reason: str) -> None:
    release = held()
    assert decide(client, release, "accept", reason) == 200
    assert release.state == State.HELD


def test_what_is_not_offered_is_not_done(client: Client, moderator: User) -> None:
    release = held()
    assert decide(client, release, "restore") == 200
    assert release.state == State.HELD
    assert b"Nothing can be decided" in client.get(page(shelf.judged(State.REJECTED))).content


def test_a_retired_listing_publishes_nothing_that_is_accepted(
    client: Client, moderator: User
) -> None:
    release = held()
    type(release.listing).objects.update(state=ListingState.RETIRED, type="skill")
    assert decide(client, release, "accept") == 302
    assert (release.state, release.problem) == (State.ACCEPTED, "listing_retired")


def test_staff_without_the_permission_only_looks(client: Client) -> None:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_release"))
    sign_in(client, user)
    release = held()
    assert client.get(f"/admin/releases/release/{release.pk}/change/").status_code == 200
    assert client.get(page(release)).status_code == 403
    assert decide(client, release, "accept") == 403
    assert release.state == State.HELD


def test_who_is_no_staff_gets_no_further(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    assert decide(client, held(), "accept") in {302, 403}
    assert Release.objects.get().state == State.HELD


def test_findings_and_history_are_readable(client: Client, moderator: User) -> None:
    release = held()
    decide(client, release, "reject", "<b>No.</b>")
    text = client.get(f"/admin/releases/release/{release.pk}/change/").content.decode()
    assert "Remove the password" in text
    assert "&lt;b&gt;No.&lt;/b&gt;" in text
    changelist = client.get("/admin/releases/release/?state__exact=rejected").content.decode()
    assert release.name in changelist


@pytest.mark.usefixtures("moderator")
def test_a_release_is_titled_by_name_and_version(client: Client) -> None:
    release = shelf.published()
    text = client.get(f"/admin/releases/release/{release.pk}/change/").content.decode()
    assert f"<h2>{release.label}</h2>" in text
    assert "Release object" not in text
