"""Which findings a seller may contest, how often, and in how many words."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts.actor import Actor
from accounts.errors import MissingScope
from accounts.models import User
from releases import disputes
from releases.errors import (
    AlreadyDisputed,
    DisputeLimitReached,
    FormNotDisputable,
    InvalidDispute,
    NothingToDispute,
)
from releases.models import Dispute, DisputeState, Release
from releases.models.dispute import STATEMENT_CHARACTERS
from releases.states import State
from scanning.verdicts import Verdict
from tests import shelf
from tests.bearer import Bearer
from tests.factories.scanning import FindingFactory, ReportFactory
from tests.releases.people import contest, findings_of, seller_of
from tests.releases.standing import held

pytestmark = pytest.mark.django_db


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
