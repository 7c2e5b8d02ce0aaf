"""Of many who contest, or answer, the same finding at once, one is faster."""

from collections.abc import Callable
from datetime import datetime

import pytest

from releases import disputes
from releases.errors import AlreadyDisputed, DisputeDecided
from releases.models import Dispute, DisputeState, FindingException, Release
from releases.states import State
from tests.factories.scanning import FindingFactory
from tests.releases.people import contest, staff
from tests.releases.standing import held, state_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Answer = Callable[..., None]


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

    def answer(number: int) -> None:
        mine = Dispute.objects.get()
        answers[number % 2](mine, reason="Looked.", by=people[number], now=now)

    assert at_once(answer, callers=8, refusal=DisputeDecided) == [False] * 7 + [True]
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
        mine = Dispute.objects.get(pk=found[number])
        disputes.accept(mine, reason="Looked.", by=people[number], now=now)

    assert at_once(accept, callers=2, refusal=DisputeDecided) == [True, True]
    assert state_of(release) == State.ACCEPTED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_contesting_one_finding_many_times_at_once_opens_one_dispute(now: datetime) -> None:
    release = held(now)

    def open_one(_number: int) -> None:
        contest(Release.objects.with_listing().get(pk=release.pk), now=now)

    assert at_once(open_one, callers=8, refusal=AlreadyDisputed) == [False] * 7 + [True]
