"""A seller contests a finding; staff answers once; what they agree to is remembered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.actor import Actor
from accounts.errors import MissingScope
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from releases import cases, disputes, doubts, publishing, review
from releases.errors import (
    AlreadyDisputed,
    DisputeDecided,
    DisputeLimitReached,
    FormNotDisputable,
    InvalidDispute,
    NothingToDispute,
    ReasonMissing,
)
from releases.models import (
    Case,
    Cause,
    Dispute,
    DisputeState,
    FindingException,
    Outcome,
    Release,
)
from releases.models.dispute import STATEMENT_CHARACTERS
from releases.states import State
from scanning.verdicts import Verdict
from tests import shelf
from tests.bearer import Bearer
from tests.factories.catalog import DraftFactory
from tests.factories.scanning import FindingFactory, ReportFactory
from tests.releases.people import contest, findings_of, seller_of, staff

pytestmark = pytest.mark.django_db

Answer = Callable[..., None]


@pytest.fixture
def moderator(db: None) -> Actor:
    """Somebody of staff."""
    return staff()


def held(now: datetime, *, findings: int = 1, **facts: object) -> Release:
    """Return a release that waits for a person, who was asked."""
    facts = {"listing": DraftFactory.create()} | facts
    release = shelf.judged(State.HELD, findings=findings, **facts)
    cases.open_case(release, Cause.HELD, now=now)
    return release


def flagged(now: datetime) -> Release:
    """Return a release on the shelf that a later scan has found something in."""
    release = shelf.judged(State.PUBLISHED, findings=1)
    publishing.tell_listing(release.listing, now=now)
    doubts.flag(release, now=now)
    return release


def state_of(release: Release) -> State:
    return State(Release.objects.values_list("state", flat=True).get(pk=release.pk))


def the_case(release: Release) -> tuple[str, str]:
    """Return cause and outcome of the last case of a release."""
    case = Case.objects.filter(release=release).latest("pk")
    return case.cause, case.outcome


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


def test_a_finding_is_contested_once(moderator: Actor, now: datetime) -> None:
    release = held(now)
    disputes.reject(contest(release, now=now), reason="It is real.", by=moderator, now=now)
    with pytest.raises(AlreadyDisputed):
        contest(release, now=now)


def test_the_same_finding_of_a_later_scan_counts_as_contested(now: datetime) -> None:
    release = held(now)
    contest(release, now=now)
    release.report = ReportFactory.create(verdict=str(Verdict.FLAGGED))
    release.save(update_fields=["report"])
    FindingFactory.create(report=release.report, line=1)
    with pytest.raises(AlreadyDisputed):
        contest(release, now=now)


def test_what_only_watches_is_not_there_to_contest(now: datetime) -> None:
    release = held(now)
    hidden = FindingFactory.create(report=release.report, is_enforced=False, effect="note")
    assert hidden not in disputes.shown_of(release)
    with pytest.raises(NothingToDispute):
        disputes.contest(release, hidden, statement="What?", by=seller_of(release), now=now)


def test_a_finding_of_another_release_is_not_there(now: datetime) -> None:
    release, other = held(now), held(now)
    [finding] = findings_of(other)
    with pytest.raises(NothingToDispute):
        disputes.contest(release, finding, statement="What?", by=seller_of(release), now=now)


def test_what_was_cleared_is_not_contested(moderator: Actor, now: datetime) -> None:
    release = held(now, findings=2)
    disputes.accept(contest(release, now=now), reason="A sample.", by=moderator, now=now)
    with pytest.raises(NothingToDispute):
        contest(release, number=1, now=now)


def test_what_was_revoked_is_not_contested(now: datetime) -> None:
    release = shelf.judged(State.REVOKED)
    with pytest.raises(NothingToDispute):
        contest(release, now=now)


@pytest.mark.parametrize("statement", ["", " \n", "x" * (STATEMENT_CHARACTERS + 1)])
def test_a_statement_is_a_text_of_some_length(now: datetime, statement: str) -> None:
    release = held(now)
    [finding] = findings_of(release)
    with pytest.raises(InvalidDispute):
        disputes.contest(release, finding, statement=statement, by=seller_of(release), now=now)


def test_contesting_needs_the_scope_to_sell(alice: User, now: datetime) -> None:
    release = held(now)
    [finding] = findings_of(release)
    with pytest.raises(MissingScope):
        disputes.contest(release, finding, statement="No.", by=Bearer(alice).actor, now=now)


def test_so_many_findings_are_contested_in_a_day(now: datetime, settings: Settings) -> None:
    settings.DISPUTES_A_DAY = 2
    release = held(now, findings=4)
    contest(release, now=now)
    contest(release, number=1, now=now + timedelta(hours=1))
    with pytest.raises(DisputeLimitReached) as refusal:
        contest(release, number=2, now=now + timedelta(hours=2))
    assert refusal.value.retry_after == timedelta(hours=22)
    contest(release, number=2, now=now + timedelta(days=1))


def test_the_package_as_a_whole_is_excepted_by_its_archive(moderator: Actor, now: datetime) -> None:
    release = held(now, findings=0)
    FindingFactory.create(report=release.report, rule="mcp/odd", category="mcp", file="")
    disputes.accept(contest(release, now=now), reason="It is fine.", by=moderator, now=now)
    assert release.report is not None
    assert FindingException.objects.get().file_sha256 == release.report.sha256
    assert state_of(release) == State.ACCEPTED


def test_a_broken_form_is_not_contested(now: datetime) -> None:
    report = ReportFactory.create(verdict=str(Verdict.FAILED), facts_sha256="")
    release = shelf.judged(State.REJECTED, findings=0)
    Release.objects.update(report=report)
    release.refresh_from_db()
    form = {"rule": "archive/zip64", "category": "archive", "effect": "block", "file": ""}
    FindingFactory.create(report=report, **form)
    with pytest.raises(FormNotDisputable):
        contest(release, now=now)
    assert not Dispute.objects.exists()


def test_the_database_holds_a_dispute_together(now: datetime) -> None:
    dispute = contest(held(now), now=now)
    for changes in ({"statement": ""}, {"state": "lost"}, {"state": DisputeState.REJECTED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.filter(pk=dispute.pk).update(**changes)


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "answers", [(disputes.accept, disputes.reject), (disputes.accept, disputes.accept)]
)
def test_of_two_who_answer_at_once_one_is_faster(
    now: datetime, answers: tuple[Answer, Answer]
) -> None:
    release = held(now)
    contest(release, now=now)
    people = [staff() for _ in range(8)]

    def answer(number: int) -> bool:
        try:
            mine = Dispute.objects.get()
            answers[number % 2](mine, reason="Looked.", by=people[number], now=now)
        except DisputeDecided:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(answer, range(8))) == [False] * 7 + [True]
    is_accepted = Dispute.objects.get().state == DisputeState.ACCEPTED
    assert (state_of(release) == State.ACCEPTED) == is_accepted
    assert FindingException.objects.count() == int(is_accepted)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_agree_to_the_last_two_findings_at_once_let_it_go_on(now: datetime) -> None:
    release = held(now)
    FindingFactory.create(report=release.report, rule="link/other", category="link")
    found = [contest(release, now=now).pk, contest(release, number=1, now=now).pk]
    people = [staff(), staff()]

    def accept(number: int) -> None:
        try:
            mine = Dispute.objects.get(pk=found[number])
            disputes.accept(mine, reason="Looked.", by=people[number], now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(accept, range(2)))
    assert state_of(release) == State.ACCEPTED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_contesting_one_finding_many_times_at_once_opens_one_dispute(now: datetime) -> None:
    release = held(now)

    def open_one(_number: int) -> bool:
        try:
            contest(Release.objects.with_listing().get(pk=release.pk), now=now)
        except AlreadyDisputed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(open_one, range(8))) == [False] * 7 + [True]
