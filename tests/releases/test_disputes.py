"""A seller contests a finding; staff answers once; what they agree to is remembered."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.actor import Actor
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from releases import cases, disputes, doubts, publishing, review
from releases.errors import DisputeDecided, ReasonMissing
from releases.models import Case, Cause, Dispute, DisputeState, FindingException, Outcome, Release
from releases.states import State
from tests import shelf
from tests.factories.scanning import FindingFactory
from tests.releases.people import contest, seller_of
from tests.releases.standing import held, state_of, the_case

pytestmark = pytest.mark.django_db

Answer = Callable[..., None]


def flagged(now: datetime) -> Release:
    """Return a release on the shelf that a later scan has found something in."""
    release = shelf.judged(State.PUBLISHED, findings=1)
    publishing.tell_listing(release.listing, now=now)
    doubts.flag(release, now=now)
    return release


def test_a_dispute_waits_for_a_person(now: datetime, settings: Settings) -> None:
    release = shelf.judged(State.REJECTED)
    dispute = contest(release, now=now)
    assert (dispute.state, dispute.opened_at) == (DisputeState.OPEN, now)
    case = Case.objects.get()
    assert (case.cause, case.due_at) == (Cause.DISPUTE, now + settings.REVIEW_DISPUTE_WITHIN)
    event = Event.objects.get(action=Action.DISPUTE_OPENED)
    assert (event.subject, event.actor_id) == (dispute.subject, release.uploaded_by.public_id)
    assert "password" not in event.data


def test_a_dispute_of_what_is_held_joins_its_case(now: datetime) -> None:
    release = held(now)
    contest(release, now=now)
    assert the_case(release) == (Cause.HELD, "")


def test_who_agrees_lets_the_held_release_go_on(moderator: Actor, now: datetime) -> None:
    release = held(now)
    dispute = contest(release, now=now)
    disputes.accept(dispute, reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.ACCEPTED
    assert the_case(release) == (Cause.HELD, Outcome.ACCEPTED)
    exception = FindingException.objects.get()
    assert (exception.listing, exception.dispute, exception.by) == (
        release.listing,
        dispute,
        moderator.user,
    )
    events = Event.objects.filter(action__in=[Action.DISPUTE_ACCEPTED, Action.RELEASE_ACCEPTED])
    assert [event.actor_kind for event in events] == ["staff", "staff"]


def test_what_was_to_be_published_is_published_then(moderator: Actor, now: datetime) -> None:
    release = held(now, is_to_publish=True)
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.PUBLISHED
    assert Listing.objects.get().state == ListingState.LIVE


def test_a_retired_listing_stands_in_no_answers_way(moderator: Actor, now: datetime) -> None:
    release = held(now, is_to_publish=True)
    Listing.objects.update(state=ListingState.RETIRED, type="skill")
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.ACCEPTED


def test_what_another_finding_holds_stays_held(moderator: Actor, now: datetime) -> None:
    release = held(now)
    other = FindingFactory.create(report=release.report, rule="link/other", category="link")
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.HELD
    assert the_case(release) == (Cause.HELD, "")
    dispute = disputes.contest(release, other, statement="Ours.", by=seller_of(release), now=now)
    disputes.accept(dispute, reason="Theirs.", by=moderator, now=now)
    assert state_of(release) == State.ACCEPTED


def test_an_answer_holds_for_every_release_with_the_same_bytes(
    moderator: Actor, now: datetime
) -> None:
    first = held(now)
    second = shelf.judged(State.HELD, findings=0, listing=first.listing, version="1.0.1")
    for release in (first, second):
        FindingFactory.create(report=release.report, rule="link/odd", file_sha256="e" * 64)
    cases.open_case(second, Cause.HELD, now=now)
    dispute = contest(second, now=now)
    disputes.accept(dispute, reason="Ours.", by=moderator, now=now)
    assert (state_of(first), state_of(second)) == (State.HELD, State.ACCEPTED)
    disputes.accept(contest(first, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(first) == State.ACCEPTED


def test_who_disagrees_leaves_it_held(moderator: Actor, now: datetime) -> None:
    release = held(now)
    dispute = contest(release, now=now)
    disputes.reject(dispute, reason="It is real.", by=moderator, now=now)
    assert state_of(release) == State.HELD
    assert the_case(release) == (Cause.HELD, "")
    assert not FindingException.objects.exists()
    assert Event.objects.filter(action=Action.DISPUTE_REJECTED).exists()


@pytest.mark.parametrize("answer", [disputes.accept, disputes.reject])
def test_a_case_of_disputes_alone_is_closed_by_the_last_answer(
    moderator: Actor, now: datetime, answer: Answer
) -> None:
    release = shelf.judged(State.REJECTED)
    FindingFactory.create(report=release.report, rule="link/other", category="link")
    first, last = contest(release, now=now), contest(release, number=2, now=now)
    answer(first, reason="We have looked.", by=moderator, now=now)
    assert the_case(release) == (Cause.DISPUTE, "")
    answer(last, reason="We have looked.", by=moderator, now=now)
    assert the_case(release) == (Cause.DISPUTE, Outcome.ANSWERED)
    assert state_of(release) == State.REJECTED


def test_a_flagged_release_is_cleared_when_nothing_is_left(moderator: Actor, now: datetime) -> None:
    release = flagged(now)
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.PUBLISHED
    assert the_case(release) == (Cause.RESCAN, Outcome.CLEARED)
    assert Event.objects.filter(action=Action.RELEASE_CLEARED).exists()


def test_what_the_service_has_stopped_comes_back(moderator: Actor, now: datetime) -> None:
    release = shelf.judged(State.PUBLISHED, findings=1)
    doubts.stop(release, now=now)
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.PUBLISHED
    assert the_case(release) == (Cause.RESCAN, Outcome.CLEARED)


def test_what_a_person_has_stopped_stays_stopped(moderator: Actor, now: datetime) -> None:
    release = flagged(now)
    dispute = contest(release, now=now)
    review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
    assert the_case(release) == (Cause.DISPUTE, "")
    disputes.accept(dispute, reason="A sample.", by=moderator, now=now)
    assert state_of(release) == State.SUSPENDED
    assert the_case(release) == (Cause.DISPUTE, Outcome.ANSWERED)


@pytest.mark.parametrize("answer", [disputes.accept, disputes.reject])
def test_a_dispute_is_answered_once(moderator: Actor, now: datetime, answer: Answer) -> None:
    dispute = contest(held(now), now=now)
    disputes.reject(dispute, reason="It is real.", by=moderator, now=now)
    with pytest.raises(DisputeDecided):
        answer(dispute, reason="Once more.", by=moderator, now=now)
    assert not FindingException.objects.exists()


@pytest.mark.parametrize("answer", [disputes.accept, disputes.reject])
def test_an_answer_needs_a_reason(moderator: Actor, now: datetime, answer: Answer) -> None:
    dispute = contest(held(now), now=now)
    with pytest.raises(ReasonMissing):
        answer(dispute, reason="  ", by=moderator, now=now)


@pytest.mark.parametrize(
    ("decide", "answer"),
    [(review.accept, DisputeState.ACCEPTED), (review.reject, DisputeState.REJECTED)],
)
def test_who_decides_about_the_release_answers_its_disputes(
    moderator: Actor, now: datetime, decide: Answer, answer: DisputeState
) -> None:
    release = held(now)
    contest(release, now=now)
    decide(Release.objects.get(), reason="We have looked.", by=moderator, now=now)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.reason, dispute.decided_by) == (
        answer,
        "We have looked.",
        moderator.user,
    )
    assert not Case.objects.open().exists()


def test_the_package_as_a_whole_is_excepted_by_its_archive(moderator: Actor, now: datetime) -> None:
    release = held(now, findings=0)
    FindingFactory.create(report=release.report, rule="mcp/odd", category="mcp", file="")
    disputes.accept(contest(release, now=now), reason="It is fine.", by=moderator, now=now)
    assert release.report is not None
    assert FindingException.objects.get().file_sha256 == release.report.sha256
    assert state_of(release) == State.ACCEPTED


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (disputes.accept, ["agrees with you", "A sample.", "Accepted"]),
        (disputes.reject, ["the finding stands", "A sample.", "Held for review", "We aim to"]),
    ],
)
def test_the_seller_is_told_the_answer_and_what_follows(
    moderator: Actor,
    now: datetime,
    answer: Answer,
    words: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    release = held(now)
    dispute = contest(release, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        answer(dispute, reason="A sample.", by=moderator, now=now)
    letters = [letter for letter in mail.outbox if "dispute" in letter.subject]
    assert [letter.to for letter in letters] == [[release.uploaded_by.email]]
    text = str(letters[0].body)
    assert [word for word in words if word not in text] == []
    assert text.count("A sample.") == 1


@pytest.mark.usefixtures("worker")
def test_a_cleared_rejection_says_that_the_same_archive_will_pass(
    moderator: Actor,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    release = shelf.judged(State.REJECTED, findings=1)
    dispute = contest(release, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        disputes.accept(dispute, reason="A sample.", by=moderator, now=now)
    [letter] = mail.outbox
    assert "Upload the same archive again: it will pass." in letter.body
