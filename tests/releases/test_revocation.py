"""Two persons take a release out for good."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from catalog.models import Listing, ListingState
from releases import cases, disputes, publishing, review, revocation
from releases.errors import (
    ReasonMissing,
    RevocationEnded,
    RevocationWaiting,
    SecondPersonNeeded,
    WrongState,
)
from releases.models import Case, Cause, Dispute, DisputeState, Outcome, Release, Revocation
from releases.states import State
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def staff() -> Actor:
    """Return somebody of staff."""
    person: User = UserFactory.create(is_staff=True)
    return Actor.staff(person, origin=Origin())


@pytest.fixture
def first() -> Actor:
    """Asks."""
    return staff()


@pytest.fixture
def second() -> Actor:
    """Confirms."""
    return staff()


def published() -> Release:
    """Return a release on the shelf, as its listing knows."""
    release = shelf.published()
    with transaction.atomic():
        publishing.tell_listing(release.listing, now=timezone.now())
    return release


def requested(by: Actor, now: datetime) -> Revocation:
    """Return a request about a published release."""
    return revocation.request(published(), reason="It steals keys.", by=by, now=now)


def state() -> str:
    """Return where the only release stands."""
    return Release.objects.get().state


def test_a_request_stops_the_release_at_once(first: Actor, now: datetime) -> None:
    requested(first, now)
    assert state() == State.SUSPENDED
    assert Listing.objects.get().state == ListingState.DRAFT
    actions = list(Event.objects.order_by("pk").values_list("action", "actor_id"))
    assert [each for each in actions if each[1]] == [
        (Action.REVOCATION_REQUESTED, first.who.user_id),
        (Action.RELEASE_SUSPENDED, first.who.user_id),
    ]


def test_what_is_stopped_already_stays_stopped(first: Actor, now: datetime) -> None:
    release = published()
    review.suspend(release, reason="Somebody complained.", by=first, now=now)
    revocation.request(release, reason="It steals keys.", by=first, now=now)
    assert release.transitions.count() == 1
    assert state() == State.SUSPENDED


def test_a_second_person_takes_it_out_for_good(first: Actor, second: Actor, now: datetime) -> None:
    asked = requested(first, now)
    revocation.confirm(asked, by=second, now=now)
    assert state() == State.REVOKED
    move = asked.release.transitions.get(after=State.REVOKED)
    assert (move.reason, move.by) == ("It steals keys.", second.user)
    event = Event.objects.get(action=Action.RELEASE_REVOKED)
    assert event.actor_id == second.who.user_id
    assert first.who.user_id in event.data
    assert Listing.objects.get().state == ListingState.DRAFT


def test_another_version_takes_its_place_on_the_shelf(
    first: Actor, second: Actor, now: datetime
) -> None:
    release = published()
    other = shelf.published(listing=release.listing, version="0.9.0")
    asked = revocation.request(release, reason="It steals keys.", by=first, now=now)
    revocation.confirm(asked, by=second, now=now)
    listing = Listing.objects.get()
    assert (listing.state, listing.latest_version) == (ListingState.LIVE, other.version)


def test_nobody_confirms_their_own_request(first: Actor, now: datetime) -> None:
    asked = requested(first, now)
    with pytest.raises(SecondPersonNeeded):
        revocation.confirm(asked, by=first, now=now)
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        Revocation.objects.update(confirmed_by=first.user, confirmed_at=now)
    assert state() == State.SUSPENDED


@pytest.mark.parametrize(
    "changes",
    [
        {"confirmed_at": timezone.now()},
        {"declined_at": timezone.now(), "answer": "No."},
        {"declined_by": 1, "declined_at": timezone.now(), "answer": ""},
    ],
)
def test_the_database_wants_to_know_who_and_why(
    first: Actor, now: datetime, changes: dict[str, object]
) -> None:
    requested(first, now)
    if "declined_by" in changes:
        changes = changes | {"declined_by": first.user}
    with pytest.raises(IntegrityError, match="by_somebody"), transaction.atomic():
        Revocation.objects.update(**changes)


def test_it_is_declined_and_stays_stopped(first: Actor, second: Actor, now: datetime) -> None:
    asked = requested(first, now)
    revocation.decline(asked, reason="A false alarm.", by=second, now=now)
    assert state() == State.SUSPENDED
    assert Event.objects.get(action=Action.REVOCATION_DECLINED).actor_id == second.who.user_id
    review.restore(asked.release, reason="A false alarm.", by=second, now=now)
    assert state() == State.PUBLISHED
    again = revocation.request(asked.release, reason="It does steal.", by=second, now=now)
    revocation.confirm(again, by=first, now=now)
    assert state() == State.REVOKED


def test_whoever_asked_may_take_it_back(first: Actor, now: datetime) -> None:
    asked = requested(first, now)
    revocation.decline(asked, reason="I looked at the wrong one.", by=first, now=now)
    assert not Revocation.objects.waiting().exists()


def test_there_is_one_request_at_a_time(first: Actor, second: Actor, now: datetime) -> None:
    asked = requested(first, now)
    with pytest.raises(RevocationWaiting):
        revocation.request(asked.release, reason="Me too.", by=second, now=now)
    assert Event.objects.filter(action=Action.REVOCATION_REQUESTED).count() == 1


def test_nothing_brings_it_back_while_the_request_waits(
    first: Actor, second: Actor, now: datetime
) -> None:
    asked = requested(first, now)
    with pytest.raises(RevocationWaiting):
        review.restore(asked.release, reason="I trust them.", by=second, now=now)
    assert state() == State.SUSPENDED


def test_an_accepted_dispute_does_not_bring_it_back_either(first: Actor, now: datetime) -> None:
    release = shelf.judged(State.SUSPENDED, findings=1)
    release.transitions.create(before=State.PUBLISHED, after=State.SUSPENDED, at=now)
    cases.open_case(release, Cause.RESCAN, now=now)
    dispute = contested(release, now)
    revocation.request(release, reason="It steals keys.", by=first, now=now)
    disputes.accept(dispute, reason="That one is fine.", by=first, now=now)
    assert state() == State.SUSPENDED


@pytest.mark.parametrize(
    "before", [State.ACCEPTED, State.HELD, State.REJECTED, State.REVOKED, State.SCANNING]
)
def test_only_what_was_on_the_shelf_is_taken_out(
    first: Actor, now: datetime, before: State
) -> None:
    release = shelf.judged(before)
    with pytest.raises(WrongState):
        revocation.request(release, reason="It steals keys.", by=first, now=now)
    assert not Revocation.objects.exists()


def test_a_withdrawn_release_is_taken_out_too(first: Actor, second: Actor, now: datetime) -> None:
    asked = revocation.request(
        shelf.judged(State.WITHDRAWN), reason="It steals keys.", by=first, now=now
    )
    revocation.confirm(asked, by=second, now=now)
    assert state() == State.REVOKED


@pytest.mark.parametrize("reason", ["", "  "])
def test_asking_and_declining_need_a_reason(first: Actor, now: datetime, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        revocation.request(published(), reason=reason, by=first, now=now)
    assert state() == State.PUBLISHED
    asked = revocation.request(Release.objects.get(), reason="Why.", by=first, now=now)
    with pytest.raises(ReasonMissing):
        revocation.decline(asked, reason=reason, by=first, now=now)


def test_the_case_and_its_disputes_are_closed_with_it(
    first: Actor, second: Actor, now: datetime
) -> None:
    release = shelf.judged(State.PUBLISHED)
    contested(release, now)
    asked = revocation.request(release, reason="It steals keys.", by=first, now=now)
    assert Case.objects.open().exists()
    revocation.confirm(asked, by=second, now=now)
    case = Case.objects.get()
    assert (case.outcome, case.closed_by) == (Outcome.REVOKED, second.user)
    assert Dispute.objects.get().state == DisputeState.REJECTED


@pytest.mark.parametrize("before", [State.PUBLISHED, State.SUSPENDED])
def test_whoever_asks_has_decided_what_a_later_scan_had_found(
    first: Actor, now: datetime, before: State
) -> None:
    release = shelf.judged(before)
    cases.open_case(release, Cause.RESCAN, now=now)
    revocation.request(release, reason="It steals keys.", by=first, now=now)
    case = Case.objects.get()
    assert (case.outcome, case.closed_by) == (Outcome.SUSPENDED, first.user)
    assert case.reason == "It steals keys."


@pytest.mark.usefixtures("worker")
def test_its_seller_is_told(
    first: Actor,
    second: Actor,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked = requested(first, now)
    with django_capture_on_commit_callbacks(execute=True):
        revocation.confirm(asked, by=second, now=now)
    assert [letter.to for letter in mail.outbox] == [[asked.release.uploaded_by.email]] * 2
    assert "taken it out for good" in str(mail.outbox[1].body)


Ending = Callable[[Revocation, Actor], None]


def confirm(asked: Revocation, by: Actor) -> None:
    """Confirm now."""
    revocation.confirm(asked, by=by, now=timezone.now())


def decline(asked: Revocation, by: Actor) -> None:
    """Decline now."""
    revocation.decline(asked, reason="A false alarm.", by=by, now=timezone.now())


@pytest.mark.parametrize("ending", [confirm, decline])
@pytest.mark.parametrize("before", [confirm, decline])
def test_a_request_ends_once(
    first: Actor, second: Actor, now: datetime, before: Ending, ending: Ending
) -> None:
    asked = requested(first, now)
    before(Revocation.objects.get(), second)
    with pytest.raises(RevocationEnded):
        ending(asked, second)
    assert Event.objects.filter(action__in=_ENDS).count() == 1


_ENDS = [Action.RELEASE_REVOKED, Action.REVOCATION_DECLINED]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("endings", [(confirm, confirm), (confirm, decline), (decline, decline)])
def test_of_two_who_end_it_at_once_one_is_faster(
    first: Actor, now: datetime, endings: tuple[Ending, Ending]
) -> None:
    requested(first, now)
    people = [staff() for _ in range(8)]

    def end(number: int) -> None:
        endings[number % 2](Revocation.objects.get(), people[number])

    assert at_once(end, callers=8, refusal=RevocationEnded) == [False] * 7 + [True]
    ended = Revocation.objects.get()
    assert (ended.confirmed_at is None) != (ended.declined_at is None)
    assert (state() == State.REVOKED) == (ended.confirmed_at is not None)
    assert Event.objects.filter(action__in=_ENDS).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_is_faster(now: datetime) -> None:
    release, people = published(), [staff() for _ in range(8)]

    def ask(number: int) -> None:
        mine = Release.objects.with_listing().get(pk=release.pk)
        revocation.request(mine, reason="It steals keys.", by=people[number], now=now)

    assert at_once(ask, callers=8, refusal=RevocationWaiting) == [False] * 7 + [True]
    assert Revocation.objects.count() == 1
    assert state() == State.SUSPENDED


def contested(release: Release, now: datetime) -> Dispute:
    """Let the seller contest the first finding of a release."""
    assert release.report is not None
    finding = release.report.findings.order_by("pk")[0]
    seller = Bearer(release.uploaded_by, SELLER).actor
    return disputes.contest(release, finding, statement="It is not.", by=seller, now=now)
