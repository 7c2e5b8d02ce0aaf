"""The queue in the admin: what waits, in which order, for whom to see and to decide."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from releases import review, review_queue, revocation
from releases.models import Case, Cause, FindingException, Release
from releases.states import State
from tests import queue
from tests.factories.scanning import FindingFactory
from tests.releases.people import staff
from tests.releases.queue_pages import QUEUE, page, read, sent
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def named(text: str) -> list[str]:
    """Return which of the usual packages a page names, in its order."""
    places = {f"tools-{number} ": text.find(f"tools-{number} ") for number in range(1, 7)}
    return [name.strip() for name in sorted(places, key=lambda n: places[n]) if places[name] >= 0]


def listed(client: Client, query: str = "") -> list[str]:
    """Return which packages the queue lists, in its order."""
    return named(read(client, query))


def test_menu_and_page_call_it_the_review_queue(reviewer: tuple[Client, User]) -> None:
    menu = reviewer[0].get("/admin/").content.decode()
    links = re.findall(rf'<a href="{QUEUE}"[^>]*>([^<]+)</a>', menu)
    assert links[0] == "Review queue"
    assert "<h1>Review queue</h1>" in read(reviewer[0])


def test_releases_are_counted_as_such(reviewer: tuple[Client, User]) -> None:
    for counted in ("1 release\n", "2 releases\n"):
        queue.held()
        assert counted in read(reviewer[0])


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
