"""What staff decides about releases."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.errors import TypeChanged
from catalog.models import Listing, ListingState
from releases import publishing, review, storage
from releases.errors import ReasonMissing, WrongState
from releases.models import Release, Transition
from releases.states import State
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import DraftFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.releases.conftest import kept_files

pytestmark = pytest.mark.django_db

Decision = Callable[..., None]


def held(*, is_to_publish: bool = False) -> Release:
    """Return a release that the scan flagged."""
    release: Release = ReleaseFactory.create(
        listing=DraftFactory.create(), state=State.HELD, is_to_publish=is_to_publish
    )
    ArtifactFactory.create(release=release)
    return release


def published(now: datetime) -> Release:
    """Return a release on the shelf."""
    release = held()
    Release.objects.update(state=State.PUBLISHED, published_at=now)
    publishing.tell_listing(release.listing, now=now)
    release.refresh_from_db()
    return release


def test_an_accepted_release_waits_for_its_seller(moderator: Actor, now: datetime) -> None:
    release = held()
    review.accept(release, reason="A false alarm.", by=moderator, now=now)
    assert Release.objects.get().state == State.ACCEPTED
    transition = Transition.objects.get()
    assert (transition.reason, transition.by) == ("A false alarm.", moderator.user)
    assert Event.objects.get(action=Action.RELEASE_ACCEPTED).actor_kind == "staff"


def test_an_accepted_release_is_published_if_that_was_asked_for(
    moderator: Actor, now: datetime
) -> None:
    review.accept(held(is_to_publish=True), reason="Fine.", by=moderator, now=now)
    assert Release.objects.get().state == State.PUBLISHED
    assert Listing.objects.get().state == ListingState.LIVE


def test_a_rejected_release_frees_its_version(moderator: Actor, now: datetime) -> None:
    release = held()
    review.reject(release, reason="It steals keys.", by=moderator, now=now)
    ReleaseFactory.create(listing=release.listing)


def test_what_was_never_scanned_cannot_be_accepted(moderator: Actor, now: datetime) -> None:
    release = ReleaseFactory.create(state=State.HELD, problem="scan_incomplete")
    with pytest.raises(WrongState):
        review.accept(release, reason="I trust them.", by=moderator, now=now)


def test_a_scan_that_broke_can_be_tried_again(moderator: Actor, now: datetime) -> None:
    key = storage.put_upload(ContentFile(b"x"))
    release = ReleaseFactory.create(
        state=State.HELD, problem="scan_incomplete", upload_key=key, attempts=3
    )
    review.examine_again(release, reason="The disk was full.", by=moderator, now=now)
    release.refresh_from_db()
    assert (release.state, release.problem, release.attempts) == (State.UPLOADED, "", 0)


def test_a_decided_scan_cannot_be_tried_again(moderator: Actor, now: datetime) -> None:
    with pytest.raises(WrongState):
        review.examine_again(held(), reason="Once more.", by=moderator, now=now)


def test_a_suspended_release_leaves_the_shelf_and_comes_back(moderator: Actor) -> None:
    now = timezone.now()
    release = published(now)
    review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
    assert Listing.objects.get().state == ListingState.DRAFT
    review.restore(release, reason="It was nothing.", by=moderator, now=now)
    assert Release.objects.get().state == State.PUBLISHED
    assert Listing.objects.get().state == ListingState.LIVE
    assert Event.objects.filter(action=Action.RELEASE_RESTORED).exists()


def test_a_withdrawn_release_comes_back_withdrawn(moderator: Actor) -> None:
    now = timezone.now()
    release = published(now)
    release.move(State.WITHDRAWN, {})
    review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
    review.restore(release, reason="It was nothing.", by=moderator, now=now)
    assert Release.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize(
    "decide",
    [review.accept, review.reject, review.examine_again, review.suspend, review.restore],
)
def test_every_decision_needs_a_reason(moderator: Actor, now: datetime, decide: Decision) -> None:
    with pytest.raises(ReasonMissing):
        decide(held(), reason=" ", by=moderator, now=now)


@pytest.mark.parametrize("decide", [review.suspend, review.restore])
def test_what_is_not_on_the_shelf_cannot_be_stopped(
    moderator: Actor, now: datetime, decide: Decision
) -> None:
    with pytest.raises(WrongState):
        decide(held(), reason="Why not.", by=moderator, now=now)
    assert Release.objects.get().state == State.HELD


def test_a_seller_cannot_lift_a_suspension(moderator: Actor, alice: User) -> None:
    now = timezone.now()
    release = published(now)
    review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
    seller = Bearer(alice, SELLER).actor
    with pytest.raises(WrongState):
        publishing.publish(release, by=seller, now=now)
    with pytest.raises(WrongState):
        publishing.withdraw(release, reason="Never mind.", by=seller, now=now)
    assert Release.objects.get().state == State.SUSPENDED


def test_two_types_are_never_published_and_suspending_always_works(moderator: Actor) -> None:
    now = timezone.now()
    listing = DraftFactory.create()
    skill, rule = (
        ArtifactFactory.create(
            release__listing=listing, release__version=version, release__state=State.ACCEPTED
        ).release
        for version in ("2.0.0", "1.0.0")
    )
    rule.artifact.manifest["type"] = "rule"
    publishing.publish(skill, by=moderator, now=now)
    with pytest.raises(TypeChanged):
        publishing.publish(rule, by=moderator, now=now)
    review.suspend(skill, reason="Somebody complained.", by=moderator, now=now)
    assert Listing.objects.get().state == ListingState.DRAFT


def test_a_rejected_release_leaves_no_upload(
    moderator: Actor,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    key = storage.put_upload(ContentFile(b"x"))
    release = ReleaseFactory.create(state=State.HELD, upload_key=key)
    with django_capture_on_commit_callbacks(execute=True):
        review.reject(release, reason="It steals keys.", by=moderator, now=now)
    assert kept_files() == []
    assert Release.objects.get().upload_key == ""


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("decide", [review.accept, review.reject])
def test_the_seller_is_told_of_a_decision(
    moderator: Actor,
    now: datetime,
    decide: Decision,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    release = held()
    with django_capture_on_commit_callbacks(execute=True):
        decide(release, reason="We have looked.", by=moderator, now=now)
    assert [letter.to for letter in mail.outbox] == [[release.uploaded_by.email]]
