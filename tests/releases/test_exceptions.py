"""What a person has accepted is found again, shown, and counts for nothing; until they say so."""

from datetime import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import token_format
from accounts.actor import Actor
from accounts.token_format import TokenPrefix
from audit.actions import Action
from audit.models import Event
from catalog.models import Vendor
from releases import cases, disputes, doubts, exceptions, progress, review
from releases.errors import CaseClosed, ExceptionWithdrawn, ReasonMissing, WrongState
from releases.models import Case, Cause, FindingException, Outcome, Release
from releases.states import State
from scanning.verdicts import Verdict
from tests import shelf
from tests.factories.catalog import DraftFactory
from tests.factories.scanning import FindingFactory
from tests.mog_package import packages
from tests.releases.conftest import RELEASES, archive, send
from tests.releases.people import contest
from tests.releases.standing import the_case

pytestmark = pytest.mark.django_db

_ONE, _OTHER = "1" * 64, "2" * 64
# What a person has to look at: a password under a telling name.
_NAMED = b"password = 'h8Kq2vLx93mZ'\n"


def held(now: datetime) -> Release:
    """Return a release that is held for a suspicion, a password and a note in two files."""
    release = shelf.judged(State.HELD, findings=0, listing=DraftFactory.create())
    cases.open_case(release, Cause.HELD, now=now)
    for rule, effect, sha256 in (
        ("secret/named-value", "review", _ONE),
        ("link/odd", "suspicion", _ONE),
        ("quality/short", "note", _OTHER),
    ):
        category = rule.partition("/")[0]
        FindingFactory.create(
            report=release.report, rule=rule, category=category, effect=effect, file_sha256=sha256
        )
    return release


def test_who_accepts_a_release_excepts_what_spoke_against_it(
    moderator: Actor, now: datetime
) -> None:
    release = held(now)
    review.accept(release, reason="Samples.", by=moderator, now=now)
    keys = FindingException.objects.order_by("rule").values_list("rule", "file_sha256", "reason")
    assert list(keys) == [
        ("link/odd", _ONE, "Samples."),
        ("secret/named-value", _ONE, "Samples."),
    ]
    assert exceptions.verdict(release) is Verdict.PASSED
    assert the_case(release) == (Cause.HELD, Outcome.ACCEPTED)
    assert '"excepted":2' in Event.objects.get(action=Action.RELEASE_ACCEPTED).data


@pytest.mark.parametrize(
    ("decide", "outcome"),
    [(review.reject, Outcome.REJECTED), (review.accept, Outcome.ACCEPTED)],
)
def test_a_decision_closes_the_case_with_who_and_why(
    moderator: Actor, now: datetime, decide: object, outcome: Outcome
) -> None:
    assert callable(decide)
    decide(held(now), reason="We have looked.", by=moderator, now=now)
    case = Case.objects.get()
    assert (case.outcome, case.reason, case.closed_by, case.closed_at) == (
        outcome,
        "We have looked.",
        moderator.user,
        now,
    )


def test_a_release_has_one_open_case_at_most(now: datetime) -> None:
    release = held(now)
    assert cases.open_case(release, Cause.RESCAN, now=now) == Case.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(release=release, cause=Cause.DISPUTE, due_at=now, opened_at=now)


def test_a_graver_cause_makes_a_case_more_urgent(now: datetime) -> None:
    release = shelf.judged(State.PUBLISHED, findings=1)
    contest(release, now=now)
    first = Case.objects.get().due_at
    assert doubts.flag(release, now=now)
    case = Case.objects.get()
    assert case.cause == Cause.RESCAN
    assert case.due_at < first


def test_who_clears_a_flagged_release_leaves_it_where_it_is(
    moderator: Actor, now: datetime
) -> None:
    release = shelf.judged(State.PUBLISHED)
    assert doubts.flag(release, now=now)
    assert not doubts.flag(release, now=now)
    review.clear(release, reason="A false alarm.", by=moderator, now=now)
    assert the_case(release) == (Cause.RESCAN, Outcome.CLEARED)
    assert Release.objects.get().state == State.PUBLISHED
    assert exceptions.verdict(release) is Verdict.PASSED
    assert progress.of(progress.told(Release.objects.all()).get()).reason == "A false alarm."
    event = Event.objects.get(action=Action.RELEASE_CLEARED)
    assert (event.actor_kind, event.subject) == ("staff", release.subject)


def test_nothing_is_cleared_that_is_in_no_doubt(moderator: Actor, now: datetime) -> None:
    release = shelf.judged(State.PUBLISHED)
    with pytest.raises(CaseClosed):
        review.clear(release, reason="Fine.", by=moderator, now=now)
    contest(release, now=now)
    with pytest.raises(CaseClosed):
        review.clear(release, reason="Fine.", by=moderator, now=now)
    doubts.stop(release, now=now)
    release.refresh_from_db()
    with pytest.raises(WrongState):
        review.clear(release, reason="Fine.", by=moderator, now=now)


def test_who_restores_a_release_excepts_what_stopped_it(moderator: Actor, now: datetime) -> None:
    release = shelf.judged(State.PUBLISHED)
    doubts.stop(release, now=now)
    release.refresh_from_db()
    review.restore(release, reason="A false alarm.", by=moderator, now=now)
    assert Release.objects.get().state == State.PUBLISHED
    assert the_case(release) == (Cause.RESCAN, Outcome.CLEARED)
    assert exceptions.verdict(release) is Verdict.PASSED


def test_who_upholds_a_stop_closes_its_case(moderator: Actor, now: datetime) -> None:
    release = shelf.judged(State.PUBLISHED, findings=1)
    doubts.stop(release, now=now)
    dispute = contest(release, now=now)
    review.uphold(release, reason="It does steal.", by=moderator, now=now)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.reason) == ("rejected", "It does steal.")
    assert the_case(release) == (Cause.RESCAN, Outcome.SUSPENDED)
    assert Release.objects.get().state == State.SUSPENDED
    assert Event.objects.get(action=Action.RELEASE_UPHELD).actor_kind == "staff"
    assert progress.of(progress.told(Release.objects.all()).get()).reason == "It does steal."
    with pytest.raises(CaseClosed):
        review.uphold(release, reason="Again.", by=moderator, now=now)


@pytest.mark.parametrize("is_to_publish", [True, False])
def test_the_reason_of_a_decision_is_told_wherever_it_led(
    moderator: Actor, now: datetime, is_to_publish: object
) -> None:
    release = held(now)
    Release.objects.update(is_to_publish=is_to_publish)
    release.refresh_from_db()
    review.accept(release, reason="Samples.", by=moderator, now=now)
    assert progress.of(progress.told(Release.objects.all()).get()).reason == "Samples."


def test_an_exception_is_about_one_listing_one_file_and_one_rule(
    moderator: Actor, now: datetime
) -> None:
    release = held(now)
    review.accept(release, reason="Samples.", by=moderator, now=now)
    alike = {"rule": "secret/named-value", "category": "secret"}
    for listing, more, is_counted in (
        (release.listing, alike | {"file_sha256": _ONE}, False),
        (release.listing, alike | {"file_sha256": _OTHER}, True),
        (release.listing, {"rule": "link/new", "category": "link", "file_sha256": _ONE}, True),
        (DraftFactory.create(), alike | {"file_sha256": _ONE}, True),
    ):
        finding = FindingFactory.create(**more)
        assert bool(exceptions.counting(listing, [finding])) is is_counted


@pytest.mark.usefixtures("worker")
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_the_next_version_with_the_same_file_passes(
    seller: Client, acme: Vendor, moderator: Actor, now: datetime
) -> None:
    files = packages.complete() | {"content/notes.md": _NAMED}
    _, body = send(seller, archive(files), publish="true")
    release = Release.objects.with_listing().with_artifact().get()
    assert release.state == State.HELD
    review.accept(release, reason="A sample.", by=moderator, now=now)
    second = files["mog.yaml"].replace(b"1.0.0", b"1.1.0")
    _, body = send(seller, archive(files | {"mog.yaml": second}), version="1.1.0")
    told = seller.get(f"{RELEASES}/{body['id']}").json()
    assert (told["state"], [each["weight"] for each in told["findings"]]) == (
        "accepted",
        ["cleared"],
    )


@pytest.mark.usefixtures("worker")
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_rejected_archive_passes_once_a_person_agrees(
    seller: Client, acme: Vendor, moderator: Actor, now: datetime
) -> None:
    leaked = token_format.generate(TokenPrefix.PERSONAL).encode()
    data = archive(packages.complete() | {"content/notes.md": b"token: " + leaked})
    send(seller, data)
    release = Release.objects.with_listing().get()
    assert release.state == State.REJECTED
    disputes.accept(contest(release, now=now), reason="It is dead.", by=moderator, now=now)
    told = seller.get(f"{RELEASES}/{release.public_id}").json()
    assert told["title"] == "Rejected, then cleared"
    _, body = send(seller, data, publish="true")
    assert seller.get(f"{RELEASES}/{body['id']}").json()["state"] == "published"
    assert mail.outbox[-1].subject.endswith(": published")


def test_who_changes_their_mind_has_live_releases_looked_at(
    moderator: Actor, now: datetime
) -> None:
    release = held(now)
    review.accept(release, reason="Samples.", by=moderator, now=now)
    exception = FindingException.objects.get(rule="secret/named-value")
    review.withdraw_exception(exception, reason="It is real.", by=moderator, now=now)
    assert Release.objects.get().state == State.HELD
    assert the_case(release) == (Cause.HELD, "")
    assert exceptions.verdict(release) is Verdict.FLAGGED
    event = Event.objects.get(action=Action.EXCEPTION_WITHDRAWN)
    assert event.subject == f"listing:{release.listing.public_id}"
    with pytest.raises(ExceptionWithdrawn):
        review.withdraw_exception(exception, reason="Again.", by=moderator, now=now)
    with pytest.raises(ReasonMissing):
        review.withdraw_exception(exception, reason=" ", by=moderator, now=now)


def test_a_withdrawn_exception_can_be_made_anew(moderator: Actor, now: datetime) -> None:
    release = held(now)
    review.accept(release, reason="Samples.", by=moderator, now=now)
    exception = FindingException.objects.get(rule="secret/named-value")
    review.withdraw_exception(exception, reason="It is real.", by=moderator, now=now)
    release.refresh_from_db()
    review.accept(release, reason="A sample after all.", by=moderator, now=now)
    assert exceptions.verdict(release) is Verdict.PASSED
    assert FindingException.objects.filter(rule="secret/named-value").count() == 2


def test_a_withdrawal_that_changes_no_verdict_bothers_nobody(
    moderator: Actor, now: datetime
) -> None:
    release = held(now)
    review.accept(release, reason="Samples.", by=moderator, now=now)
    exception = FindingException.objects.get(rule="link/odd")
    review.withdraw_exception(exception, reason="Not this one.", by=moderator, now=now)
    assert Release.objects.get().state == State.ACCEPTED
    assert not Case.objects.open().exists()


def test_the_database_holds_an_exception_together(moderator: Actor, now: datetime) -> None:
    review.accept(held(now), reason="Samples.", by=moderator, now=now)
    exceptions_made = FindingException.objects.all()
    for changes in (
        {"file_sha256": "short"},
        {"withdrawn_at": now},
        {"withdrawn_at": now, "withdrawn_by": moderator.user},
        {"rule": "link/odd"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            exceptions_made.update(**changes)
