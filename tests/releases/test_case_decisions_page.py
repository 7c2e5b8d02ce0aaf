"""A case in the review queue is decided on its page: once, with a reason, on what was read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from releases import review
from releases.models import Case, Cause, FindingException, Outcome, Release
from releases.states import State
from tests import queue
from tests.factories.catalog import DraftFactory
from tests.factories.scanning import FindingFactory
from tests.releases.people import at_work, staff
from tests.releases.queue_pages import QUEUE, decide, page, read, sent

pytestmark = pytest.mark.django_db


def test_a_decision_leads_to_the_next_case_and_then_to_the_empty_queue(
    reviewer: tuple[Client, User],
) -> None:
    client, person = reviewer
    first, second, third = (queue.held(number=number) for number in (1, 2, 3))
    assert decide(client, second, "accept") == page(third)
    assert decide(client, third, "reject") == page(first)
    assert decide(client, first, "accept") == QUEUE
    assert "The queue is empty." in read(client)
    closed = Case.objects.order_by("due_at").values_list("outcome", "closed_by")
    assert [outcome for outcome, _ in closed] == [
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
        Outcome.REJECTED,
    ]
    assert {by for _, by in closed} == {person.pk}
    assert Event.objects.get(action=Action.RELEASE_REJECTED).actor_id == person.public_id


@pytest.mark.parametrize(
    ("cause", "state", "offered"),
    [
        (Cause.HELD, State.HELD, ["accept", "reject"]),
        (Cause.NEW_OWNER, State.HELD, ["accept", "reject"]),
        (Cause.RESCAN, State.PUBLISHED, ["clear", "suspend"]),
        (Cause.RESCAN, State.WITHDRAWN, ["clear", "suspend"]),
        (Cause.RESCAN, State.SUSPENDED, ["restore", "uphold"]),
        (Cause.DISPUTE, State.PUBLISHED, ["suspend"]),
        (Cause.DISPUTE, State.REJECTED, []),
    ],
)
def test_what_is_offered_is_what_can_be_done(
    reviewer: tuple[Client, User], cause: Cause, state: State, offered: list[str]
) -> None:
    case = queue.held(cause=cause, state=state)
    shown = reviewer[0].get(page(case)).context["decisions"]
    assert [each.name for each in shown] == offered


def test_what_a_later_scan_found_is_cleared(reviewer: tuple[Client, User]) -> None:
    case = queue.held(cause=Cause.RESCAN)
    decide(reviewer[0], case, "clear")
    assert Release.objects.get().state == State.PUBLISHED
    assert Case.objects.get().outcome == Outcome.CLEARED


@pytest.mark.parametrize(
    ("cause", "state", "decision"),
    [
        (Cause.HELD, State.HELD, "accept"),
        (Cause.RESCAN, State.PUBLISHED, "clear"),
        (Cause.RESCAN, State.SUSPENDED, "restore"),
    ],
)
def test_nobody_lets_pass_what_a_scan_has_found_since_they_read(
    reviewer: tuple[Client, User], cause: Cause, state: State, decision: str
) -> None:
    case = queue.held(cause=cause, state=state)
    form = sent(case, decision)
    assert f'value="{form["report"]}"' in reviewer[0].get(page(case)).content.decode()
    later = FindingFactory.create(rule="code/reverse-shell", effect="block").report
    Release.objects.update(report=later)
    text = reviewer[0].post(page(case), form).content.decode()
    assert "It was scanned again meanwhile." in text
    assert later.public_id in text
    assert Release.objects.get().state == state
    assert not FindingException.objects.exists()


def test_a_scan_that_did_not_end_is_begun_again(reviewer: tuple[Client, User]) -> None:
    case = queue.held()
    Release.objects.update(upload_key="uploads/any", report=None)
    assert "the scan did not come to its end" in reviewer[0].get(page(case)).content.decode()
    decide(reviewer[0], case, "examine_again")
    assert Release.objects.get().state == State.UPLOADED


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_needs_a_reason(reviewer: tuple[Client, User], reason: str) -> None:
    case = queue.held()
    assert "Say why; the seller may read it." in decide(reviewer[0], case, "accept", reason)
    assert Release.objects.get().state == State.HELD


def test_who_comes_later_is_told_who_was_faster(reviewer: tuple[Client, User]) -> None:
    case, other = queue.held(), staff()
    reviewer[0].get(page(case))
    review.reject(case.release, reason="It steals keys.", by=other, now=timezone.now())
    text = decide(reviewer[0], case, "accept")
    assert other.user is not None
    assert f"{other.user.username} has decided" in " ".join(text.split())
    assert "It steals keys." in text
    assert Release.objects.get().state == State.REJECTED


def test_a_case_is_decided_once_even_where_the_release_would_allow_more(
    reviewer: tuple[Client, User],
) -> None:
    case = queue.held(cause=Cause.RESCAN)
    review.clear(case.release, reason="It is nothing.", by=staff(), now=timezone.now())
    decide(reviewer[0], case, "suspend")
    assert Release.objects.get().state == State.PUBLISHED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_decide_at_once_one_is_faster() -> None:
    case = queue.held(listing=DraftFactory.create())
    people = [at_work("moderator")[0] for _ in range(6)]

    def one(number: int) -> bool:
        try:
            led = decide(people[number], case, ("accept", "reject")[number % 2])
        finally:
            connection.close()
        return led == QUEUE

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]
    decided = [Action.RELEASE_ACCEPTED, Action.RELEASE_REJECTED]
    assert Event.objects.filter(action__in=decided).count() == 1
    assert Case.objects.get().outcome in {Outcome.ACCEPTED, Outcome.REJECTED}
