"""The queue in the admin: what waits, in which order, for whom to see and to decide."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from releases import review, review_queue, revocation
from releases.models import (
    Case,
    Cause,
    Dispute,
    DisputeState,
    FindingException,
    Outcome,
    Release,
)
from releases.states import State
from tests import queue, shelf
from tests.factories.catalog import DraftFactory
from tests.factories.scanning import FindingFactory
from tests.releases.people import at_work, contest, staff
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

QUEUE = "/admin/releases/case/"


@pytest.fixture
def moderator() -> tuple[Client, User]:
    """May decide."""
    return at_work("moderator")


@pytest.fixture
def support() -> Client:
    """May look."""
    return at_work("support")[0]


def page(case: Case) -> str:
    """Return the address of a case."""
    return f"{QUEUE}{case.pk}/change/"


def named(text: str) -> list[str]:
    """Return which of the usual packages a page names, in its order."""
    places = {f"tools-{number} ": text.find(f"tools-{number} ") for number in range(1, 7)}
    return [name.strip() for name in sorted(places, key=lambda n: places[n]) if places[name] >= 0]


def read(client: Client, query: str = "") -> str:
    """Return the text of the queue."""
    return client.get(QUEUE + query).content.decode()


def listed(client: Client, query: str = "") -> list[str]:
    """Return which packages the queue lists, in its order."""
    return named(read(client, query))


def sent(case: Case, decision: str, reason: str = "I have looked.") -> dict[str, str]:
    """Return the form of a case as its page sends it, with the report that it shows now."""
    release = Release.objects.select_related("report").get(pk=case.release_id)
    read = release.report.public_id if release.report else ""
    return {"decision": decision, "reason": reason, "report": read}


def decide(client: Client, case: Case, decision: str, reason: str = "I have looked.") -> str:
    """Send a decision; return where it leads, or what the page says."""
    answer = client.post(page(case), sent(case, decision, reason))
    return str(answer.headers.get("Location", answer.content.decode()))


def test_menu_and_page_call_it_the_review_queue(moderator: tuple[Client, User]) -> None:
    menu = moderator[0].get("/admin/").content.decode()
    links = re.findall(rf'<a href="{QUEUE}"[^>]*>([^<]+)</a>', menu)
    assert links[0] == "Review queue"
    assert "<h1>Review queue</h1>" in read(moderator[0])


def test_releases_are_counted_as_such(moderator: tuple[Client, User]) -> None:
    for counted in ("1 release\n", "2 releases\n"):
        queue.held()
        assert counted in read(moderator[0])


def test_open_cases_stand_in_the_order_of_their_due_times(support: Client) -> None:
    cases = {number: queue.held(number=number) for number in (3, 1, 2)}
    assert listed(support) == ["tools-1", "tools-2", "tools-3"]
    Case.objects.filter(pk=cases[3].pk).update(due_at=cases[3].opened_at)
    text = read(support)
    assert named(text) == ["tools-3", "tools-1", "tools-2"]
    assert text.count(" late</strong>") == 1


def test_a_case_says_what_it_is_about(support: Client) -> None:
    case = queue.held(cause=Cause.RESCAN)
    queue.contested(case)
    revocation.request(case.release, reason="It steals.", by=staff(), now=timezone.now())
    text = read(support)
    for said in (
        "a later scan found something",
        "social-engineering/pipe-to-shell",
        "critical",
        "suspended, to be revoked",
        "Waiting revocations (1)",
        '<td class="field-contested">1</td>',
    ):
        assert said in text


def test_the_gravest_finding_is_one_that_counts() -> None:
    case = queue.held()
    release = case.release
    first = release.report.findings.get(effect="block")  # type: ignore[union-attr]
    FindingFactory.create(report=release.report, rule="mcp/odd", effect="block", severity="high")
    excepted = {"listing": release.listing, "rule": first.rule, "reason": "It is not."}
    FindingException.objects.create(
        **excepted, file_sha256=first.file_sha256, by=release.uploaded_by
    )
    found = review_queue.described(Case.objects.all()).get()
    assert (found.worst_rule, found.worst_effect) == ("mcp/odd", "block")  # type: ignore[attr-defined]


def test_a_finding_about_the_whole_package_is_excepted_by_its_archive() -> None:
    case = queue.held()
    report = case.release.report
    assert report is not None
    FindingFactory.create(report=report, rule="mcp/odd", effect="block", severity="critical")
    row = {"listing": case.release.listing, "by": case.release.uploaded_by, "reason": "Fine."}
    for finding in report.findings.all():
        FindingException.objects.get_or_create(
            rule=finding.rule, file_sha256=finding.file_sha256 or report.sha256, defaults=row
        )
    found = review_queue.described(Case.objects.all()).get()
    assert found.worst_rule is None  # type: ignore[attr-defined]


def test_the_queue_is_narrowed(support: Client) -> None:
    now = timezone.now()
    late, soon, later = (queue.held(number=number) for number in (1, 2, 3))
    Case.objects.filter(pk=late.pk).update(due_at=late.opened_at)
    Case.objects.filter(pk=later.pk).update(due_at=now + timedelta(days=3), cause="rescan")
    queue.contested(soon)
    for query, expected in {
        "?due=late": ["tools-1"],
        "?due=today": ["tools-2"],
        "?due=later": ["tools-3"],
        "?cause__exact=rescan": ["tools-3"],
        "?waits=answer": ["tools-2"],
        "?waits=second": [],
        "?worst=note": [],
        "?worst=block": ["tools-1", "tools-2", "tools-3"],
        f"?q={soon.release.listing.name}": ["tools-2"],
        f"?q={soon.public_id}": ["tools-2"],
    }.items():
        assert listed(support, query) == expected, query


def test_closed_cases_are_there_when_they_are_asked_for(support: Client) -> None:
    open_case, closed = queue.held(number=1), queue.held(number=2)
    review.reject(closed.release, reason="It steals.", by=staff(), now=timezone.now())
    assert listed(support) == ["tools-1"]
    assert listed(support, "?state=closed") == ["tools-2"]
    assert listed(support, "?state=all") == ["tools-1", "tools-2"]
    assert open_case.closed_at is None


def test_the_queue_costs_the_same_however_long_it_is(support: Client) -> None:
    spent = []
    for numbers in (range(1, 3), range(3, 12)):
        for number in numbers:
            queue.contested(queue.held(number=number))
        with CaptureQueriesContext(connection) as queries:
            read(support)
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 12


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


def test_strangers_get_no_further(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    case = queue.held()
    for address in (QUEUE, page(case), f"{QUEUE}rules/"):
        assert client.get(address, follow=True).status_code == 403
    assert client.post(page(case), sent(case, "accept")).status_code == 302
    assert Release.objects.get().state == State.HELD


def test_staff_of_no_group_sees_nothing(client: Client, bob: User) -> None:
    bob.is_staff = True
    bob.save(update_fields=["is_staff"])
    sign_in(client, bob)
    case = queue.held()
    for address in (QUEUE, page(case), f"{QUEUE}rules/"):
        assert client.get(address).status_code == 403


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


def test_a_decision_leads_to_the_next_case_and_then_to_the_empty_queue(
    moderator: tuple[Client, User],
) -> None:
    client, person = moderator
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
        (Cause.RESCAN, State.PUBLISHED, ["clear", "suspend"]),
        (Cause.RESCAN, State.WITHDRAWN, ["clear", "suspend"]),
        (Cause.RESCAN, State.SUSPENDED, ["restore", "uphold"]),
        (Cause.DISPUTE, State.PUBLISHED, ["suspend"]),
        (Cause.DISPUTE, State.REJECTED, []),
    ],
)
def test_what_is_offered_is_what_can_be_done(
    moderator: tuple[Client, User], cause: Cause, state: State, offered: list[str]
) -> None:
    case = queue.held(cause=cause, state=state)
    shown = moderator[0].get(page(case)).context["decisions"]
    assert [each.name for each in shown] == offered


def test_what_a_later_scan_found_is_cleared(moderator: tuple[Client, User]) -> None:
    case = queue.held(cause=Cause.RESCAN)
    decide(moderator[0], case, "clear")
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
    moderator: tuple[Client, User], cause: Cause, state: State, decision: str
) -> None:
    case = queue.held(cause=cause, state=state)
    form = sent(case, decision)
    assert f'value="{form["report"]}"' in moderator[0].get(page(case)).content.decode()
    later = FindingFactory.create(rule="code/reverse-shell", effect="block").report
    Release.objects.update(report=later)
    text = moderator[0].post(page(case), form).content.decode()
    assert "It was scanned again meanwhile." in text
    assert later.public_id in text
    assert Release.objects.get().state == state
    assert not FindingException.objects.exists()


def test_a_scan_that_did_not_end_is_begun_again(moderator: tuple[Client, User]) -> None:
    case = queue.held()
    Release.objects.update(upload_key="uploads/any", report=None)
    assert "the scan did not come to its end" in moderator[0].get(page(case)).content.decode()
    decide(moderator[0], case, "examine_again")
    assert Release.objects.get().state == State.UPLOADED


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_needs_a_reason(moderator: tuple[Client, User], reason: str) -> None:
    case = queue.held()
    assert "Say why; the seller may read it." in decide(moderator[0], case, "accept", reason)
    assert Release.objects.get().state == State.HELD


def test_who_comes_later_is_told_who_was_faster(moderator: tuple[Client, User]) -> None:
    case, other = queue.held(), staff()
    moderator[0].get(page(case))
    review.reject(case.release, reason="It steals keys.", by=other, now=timezone.now())
    text = decide(moderator[0], case, "accept")
    assert other.user is not None
    assert f"{other.user.username} has decided" in " ".join(text.split())
    assert "It steals keys." in text
    assert Release.objects.get().state == State.REJECTED


def test_a_case_is_decided_once_even_where_the_release_would_allow_more(
    moderator: tuple[Client, User],
) -> None:
    case = queue.held(cause=Cause.RESCAN)
    review.clear(case.release, reason="It is nothing.", by=staff(), now=timezone.now())
    decide(moderator[0], case, "suspend")
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


def answer(client: Client, case: Case, dispute: Dispute, said: str, reason: str) -> str:
    """Answer a dispute; return where it leads, or what the page says."""
    prefix = f"dispute-{dispute.pk}"
    sent = {f"{prefix}-answer": said, f"{prefix}-reason": reason}
    answered = client.post(f"{QUEUE}{case.pk}/disputes/{dispute.pk}/", sent)
    return str(answered.headers.get("Location", answered.content.decode()))


def test_a_dispute_is_answered_and_its_case_stays(moderator: tuple[Client, User]) -> None:
    client, person = moderator
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


def test_the_last_answer_to_a_case_of_disputes_leads_on(moderator: tuple[Client, User]) -> None:
    case = queue.held(cause=Cause.DISPUTE)
    dispute = queue.contested(case)
    assert answer(moderator[0], case, dispute, "reject", "It is real.") == QUEUE
    assert Case.objects.get().outcome == Outcome.ANSWERED


def test_an_answer_needs_a_reason_and_comes_back_without_one(
    moderator: tuple[Client, User],
) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    assert "Say why; its seller reads it." in answer(moderator[0], case, dispute, "accept", " ")
    assert Dispute.objects.get().state == DisputeState.OPEN


def test_a_second_answer_is_told_that_somebody_was_faster(moderator: tuple[Client, User]) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    answer(moderator[0], case, dispute, "reject", "It is real.")
    assert "Somebody else was faster" in answer(moderator[0], case, dispute, "accept", "Fine.")
    assert Dispute.objects.get().state == DisputeState.REJECTED


def test_a_dispute_belongs_to_its_case(moderator: tuple[Client, User]) -> None:
    case, other = queue.held(number=1), queue.held(number=2)
    dispute = queue.contested(other)
    sent = {f"dispute-{dispute.pk}-answer": "accept", f"dispute-{dispute.pk}-reason": "Fine."}
    address = f"{QUEUE}{case.pk}/disputes/{dispute.pk}/"
    assert moderator[0].post(address, sent).status_code == 404
    assert moderator[0].get(address).status_code == 405


@pytest.mark.parametrize("key", ["0", "999999", "x", "9" * 30, "٣"])
def test_a_case_that_is_not_there_is_not_found(moderator: tuple[Client, User], key: str) -> None:
    assert moderator[0].get(f"{QUEUE}{key}/change/").status_code == 404


def test_texts_of_strangers_are_escaped(moderator: tuple[Client, User]) -> None:
    case = queue.held()
    dispute = queue.contested(case)
    Dispute.objects.filter(pk=dispute.pk).update(statement="<script>alert(1)</script>")
    text = moderator[0].get(page(case)).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_a_manifest_should_declare_and_does_not_is_marked(
    moderator: tuple[Client, User],
) -> None:
    derived = {"envNames": ["HOME", "OPENAI_API_KEY"], "tools": ["git"], "executable": True}
    case = queue.held(capabilities=derived | {"undeclared": ["OPENAI_API_KEY"]})
    text = " ".join(moderator[0].get(page(case)).content.decode().split())
    table = text.partition("<caption>Capabilities")[2].partition("</table>")[0]
    assert '<code class="mark mark--warning">OPENAI_API_KEY</code>' in table
    assert "<code >HOME</code>" in table
    assert "<code>git</code>" in table
    assert table.index("Runs code") < table.index("<code >yes</code>")


def test_how_the_scan_went_is_told(moderator: tuple[Client, User]) -> None:
    text = " ".join(moderator[0].get(page(queue.held())).content.decode().split())
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
