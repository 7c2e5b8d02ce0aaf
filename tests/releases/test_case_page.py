"""What the page of a case in the review queue shows, and to whom."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from releases.models import Case, Dispute, DisputeState, Release
from releases.states import State
from tests import queue, shelf
from tests.factories.scanning import FindingFactory
from tests.releases.people import contest
from tests.releases.queue_pages import QUEUE, page

pytestmark = pytest.mark.django_db


def test_a_case_costs_the_same_however_much_was_found(support: Client) -> None:
    case = queue.held()
    spent = []
    for number in (0, 30):
        for line in range(number):
            FindingFactory.create(report=case.release.report, line=line + 1)
        with CaptureQueriesContext(connection) as queries:
            support.get(page(case))
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 25


def test_support_looks_and_decides_nothing(support: Client) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    text = support.get(page(case)).content.decode()
    assert "social-engineering/pipe-to-shell" in text
    assert 'type="radio"' not in text
    answer = f"{QUEUE}{case.pk}/disputes/{dispute.pk}/"
    sent = {f"dispute-{dispute.pk}-answer": "accept", f"dispute-{dispute.pk}-reason": "Fine."}
    assert support.post(answer, sent).status_code == 403
    assert support.post(page(case), {"decision": "accept", "reason": "Fine."}).status_code == 403
    assert Release.objects.get().state == State.HELD
    assert Dispute.objects.get().state == DisputeState.OPEN


@pytest.mark.parametrize("key", ["0", "999999", "x", "9" * 30, "٣"])
def test_a_case_that_is_not_there_is_not_found(reviewer: tuple[Client, User], key: str) -> None:
    assert reviewer[0].get(f"{QUEUE}{key}/change/").status_code == 404


def test_texts_of_strangers_are_escaped(reviewer: tuple[Client, User]) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    Dispute.objects.filter(pk=dispute.pk).update(statement="<script>alert(1)</script>")
    text = reviewer[0].get(page(case)).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_a_manifest_should_declare_and_does_not_is_marked(
    reviewer: tuple[Client, User],
) -> None:
    derived = {"envNames": ["HOME", "OPENAI_API_KEY"], "tools": ["git"], "executable": True}
    case = queue.held(capabilities=derived | {"undeclared": ["OPENAI_API_KEY"]})
    text = " ".join(reviewer[0].get(page(case)).content.decode().split())
    table = text.partition("<caption>Capabilities")[2].partition("</table>")[0]
    assert '<code class="mark mark--warning">OPENAI_API_KEY</code>' in table
    assert "<code >HOME</code>" in table
    assert "<code>git</code>" in table
    assert table.index("Runs code") < table.index("<code >yes</code>")


def test_how_the_scan_went_is_told(reviewer: tuple[Client, User]) -> None:
    text = " ".join(reviewer[0].get(page(queue.held())).content.decode().split())
    for said in (
        "repacking 118 ms, judging 164 ms, processor 231 ms, memory 61,440 kB",
        "namespaces, nobody, limits, no-new-privileges, landlock, seccomp",
        "71 of 100",
        "-29: It has no examples.",
    ):
        assert said in text


def test_history_names_the_seller_whose_dispute_has_opened_a_case(support: Client) -> None:
    release = shelf.judged(State.PUBLISHED)
    dispute = contest(release, now=timezone.now())
    text = support.get(page(Case.objects.get())).content.decode()
    opened = text[text.index("case opened") :]
    assert f"by {dispute.opened_by.username}" in opened.partition("</li>")[0]
