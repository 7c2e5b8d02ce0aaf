"""Disputes are answered on the page of their case."""

import pytest
from django.test import Client

from accounts.models import User
from releases.models import Case, Cause, Dispute, DisputeState, Outcome
from tests import queue
from tests.releases.queue_pages import QUEUE, page

pytestmark = pytest.mark.django_db


def answer(client: Client, case: Case, dispute: Dispute, said: str, reason: str) -> str:
    """Answer a dispute; return where it leads, or what the page says."""
    prefix = f"dispute-{dispute.pk}"
    sent = {f"{prefix}-answer": said, f"{prefix}-reason": reason}
    answered = client.post(f"{QUEUE}{case.pk}/disputes/{dispute.pk}/", sent)
    return str(answered.headers.get("Location", answered.content.decode()))


def test_a_dispute_is_answered_and_its_case_stays(reviewer: tuple[Client, User]) -> None:
    client, person = reviewer
    case = queue.held()
    accepted, rejected = queue.contested(case), queue.contested(case, number=1)
    assert answer(client, case, accepted, "accept", "A sample.") == page(case)
    assert answer(client, case, rejected, "reject", "It is real.") == page(case)
    states = Dispute.objects.order_by("pk").values_list("state", "decided_by", "reason")
    assert list(states) == [
        (DisputeState.ACCEPTED, person.pk, "A sample."),
        (DisputeState.REJECTED, person.pk, "It is real."),
    ]
    text = client.get(page(case)).content.decode()
    assert "Counts for nothing" in text
    assert "It is real." in text


def test_the_last_answer_to_a_case_of_disputes_leads_on(reviewer: tuple[Client, User]) -> None:
    case = queue.held(cause=Cause.DISPUTE)
    dispute = queue.contested(case)
    assert answer(reviewer[0], case, dispute, "reject", "It is real.") == QUEUE
    assert Case.objects.get().outcome == Outcome.ANSWERED


def test_an_answer_needs_a_reason_and_comes_back_without_one(
    reviewer: tuple[Client, User],
) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    assert "Say why; its seller reads it." in answer(reviewer[0], case, dispute, "accept", " ")
    assert Dispute.objects.get().state == DisputeState.OPEN


def test_a_second_answer_is_told_that_somebody_was_faster(reviewer: tuple[Client, User]) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    answer(reviewer[0], case, dispute, "reject", "It is real.")
    assert "Somebody else was faster" in answer(reviewer[0], case, dispute, "accept", "Fine.")
    assert Dispute.objects.get().state == DisputeState.REJECTED


def test_a_dispute_belongs_to_its_case(reviewer: tuple[Client, User]) -> None:
    case, other = queue.held(number=1), queue.held(number=2)
    dispute = queue.contested(other)
    sent = {f"dispute-{dispute.pk}-answer": "accept", f"dispute-{dispute.pk}-reason": "Fine."}
    address = f"{QUEUE}{case.pk}/disputes/{dispute.pk}/"
    assert reviewer[0].post(address, sent).status_code == 404
    assert reviewer[0].get(address).status_code == 405
