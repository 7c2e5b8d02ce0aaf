"""Contesting a finding through both doors: the page, and the API; and what both show of it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Listing, Vendor
from releases import cases, disputes, review
from releases.models import Cause, Dispute, Release
from releases.models.dispute import STATEMENT_CHARACTERS
from releases.states import State
from scanning.rules.rule import Category
from scanning.verdicts import Effect
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import DraftFactory, ListingFactory
from tests.factories.releases import ReleaseFactory
from tests.factories.scanning import FindingFactory, ReportFactory
from tests.releases.conftest import RELEASES
from tests.releases.people import contest, findings_of, staff
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_QUALITY = {"score": 85, "reasons": [{"points": -15, "says": "The README is short."}]}


@pytest.fixture
def listing(acme: Vendor) -> Listing:
    made: Listing = DraftFactory.create(vendor=acme, slug="pdf-tools")
    return made


@pytest.fixture
def release(listing: Listing, now: datetime) -> Release:
    """A release of Alice's that is held for two findings."""
    made = shelf.judged(State.HELD, listing=listing)
    cases.open_case(made, Cause.HELD, now=now)
    return made


def through_api(client: Client, release: Release, finding_id: str, **said: object) -> Any:
    """Contest through the API."""
    address = f"{RELEASES}/{release.public_id}/findings/{finding_id}/disputes"
    body = said or {"statement": "A sample."}
    return client.post(address, body, content_type="application/json")


def on_page(client: Client, release: Release, finding_id: str, statement: str) -> Any:
    """Contest on the page."""
    address = f"/releases/{release.public_id}/findings/{finding_id}/disputes"
    return client.post(address, {"statement": statement})


def page_of(client: Client, release: Release) -> str:
    """Return the text of the page."""
    return client.get(f"/releases/{release.public_id}").content.decode()


def told_of(client: Client, release: Release) -> Any:
    """Return what the API tells."""
    return client.get(f"{RELEASES}/{release.public_id}").json()


def test_a_finding_is_contested_through_the_api(seller: Client, release: Release) -> None:
    finding = findings_of(release)[0]
    answer = through_api(seller, release, finding.public_id, statement="  A sample. ")
    dispute = Dispute.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": dispute.public_id,
        "state": "open",
        "statement": "A sample.",
        "openedAt": answer.json()["openedAt"],
        "decidedAt": None,
        "reason": "",
    }
    [told, other] = told_of(seller, release)["findings"]
    assert (told["id"], told["dispute"]) == (finding.public_id, answer.json())
    assert (told["isContestable"], other["isContestable"]) == (False, True)


def test_a_finding_is_contested_on_the_page(client: Client, alice: User, release: Release) -> None:
    sign_in(client, alice)
    finding = findings_of(release)[0]
    answer = on_page(client, release, finding.public_id, "A sample.")
    assert answer["Location"] == f"/releases/{release.public_id}"
    assert Dispute.objects.get().statement == "A sample."
    page = page_of(client, release)
    assert "A person will read what you have written" in page
    assert "You have contested this" in page
    assert page.count("Send to a person") == 1


@pytest.mark.parametrize("statement", ["", "  ", "x" * (STATEMENT_CHARACTERS + 1)])
def test_a_statement_is_needed_at_both_doors(
    client: Client, seller: Client, alice: User, release: Release, statement: str
) -> None:
    sign_in(client, alice)
    finding = findings_of(release)[0]
    refused = through_api(seller, release, finding.public_id, statement=statement)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_fields")
    back = on_page(client, release, finding.public_id, statement)
    assert back.status_code == 422
    text = back.content.decode()
    assert f'href="#{finding.public_id}_statement"' in text
    assert text.count('<details class="disclosure" open') == 1
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("said", [{}, {"statement": "No.", "state": "accepted"}, {"text": "No."}])
def test_the_api_takes_a_statement_and_nothing_else(
    seller: Client, release: Release, said: dict[str, str]
) -> None:
    address = (
        f"{RELEASES}/{release.public_id}/findings/{findings_of(release)[0].public_id}/disputes"
    )
    answer = seller.post(address, said, content_type="application/json")
    assert answer.status_code == 422
    assert not Dispute.objects.exists()


def test_a_statement_is_shown_as_text(
    client: Client, seller: Client, alice: User, release: Release
) -> None:
    sign_in(client, alice)
    finding = findings_of(release)[0]
    said = "<script>alert(1)</script>\"'\x00{{ settings }}"
    assert through_api(seller, release, finding.public_id, statement=said).status_code == 422
    said = said.replace("\x00", "")
    assert through_api(seller, release, finding.public_id, statement=said).status_code == 201
    page = page_of(client, release)
    assert "<script>alert" not in page
    assert "{{ settings }}" in page


@pytest.mark.parametrize("said", ["\ud800", "\udfff a", "\u202e\u0000"])
def test_a_statement_that_is_no_text_is_refused(
    seller: Client, release: Release, said: str
) -> None:
    finding = findings_of(release)[0]
    answer = through_api(seller, release, finding.public_id, statement=said)
    assert answer.status_code in {400, 422}
    assert not Dispute.objects.exists()


def test_a_second_dispute_is_refused_at_both_doors(
    client: Client, seller: Client, alice: User, release: Release
) -> None:
    sign_in(client, alice)
    finding = findings_of(release)[0]
    through_api(seller, release, finding.public_id)
    again = through_api(seller, release, finding.public_id)
    assert (again.status_code, again.json()["code"]) == (409, "already_disputed")
    assert on_page(client, release, finding.public_id, "Again.").status_code == 302
    assert "nothing to contest here" in page_of(client, release)
    assert Dispute.objects.count() == 1


def test_a_days_disputes_are_limited_at_both_doors(
    client: Client, seller: Client, alice: User, release: Release, settings: Settings
) -> None:
    settings.DISPUTES_A_DAY = 1
    sign_in(client, alice)
    first, second = findings_of(release)
    through_api(seller, release, first.public_id)
    refused = through_api(seller, release, second.public_id)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 80_000 < int(refused["Retry-After"]) <= 86_400
    on_page(client, release, second.public_id, "Again.")
    assert "as many findings as can be contested in a day" in page_of(client, release)
    assert Dispute.objects.count() == 1


def test_strangers_find_nothing_to_contest(
    client: Client, charlie: User, alice: User, release: Release
) -> None:
    finding = findings_of(release)[0].public_id
    other = Bearer(charlie, SELLER).client
    assert through_api(other, release, finding).status_code == 404
    assert through_api(Bearer(alice).client, release, finding).status_code == 403
    assert through_api(Client(), release, finding).status_code == 401
    sign_in(client, charlie)
    assert on_page(client, release, finding, "Mine.").status_code == 404
    assert on_page(Client(), release, finding, "Mine.").status_code == 302
    assert not Dispute.objects.exists()


def test_what_is_not_shown_is_not_there(
    client: Client, seller: Client, alice: User, release: Release
) -> None:
    sign_in(client, alice)
    hidden = FindingFactory.create(report=release.report, is_enforced=False, effect="note")
    foreign = FindingFactory.create()
    for finding_id in (hidden.public_id, foreign.public_id, "fnd_nothing", "%00", "1"):
        assert through_api(seller, release, finding_id).status_code == 404
        assert on_page(client, release, finding_id, "No.").status_code == 404


def test_a_held_release_says_who_looks_and_by_when(
    client: Client, seller: Client, alice: User, release: Release, settings: Settings, now: datetime
) -> None:
    sign_in(client, alice)
    told = told_of(seller, release)
    assert told["title"] == "Held for review"
    assert told["review"]["cause"] == "held"
    assert told["review"]["dueAt"] == "2026-06-03T12:00:00Z"
    page = page_of(client, release)
    assert "We aim to decide by" in page
    assert "3 Jun 2026, 12:00 UTC" in page
    assert told["explanation"] in page


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_the_answer_and_its_reason_are_shown(
    client: Client, seller: Client, alice: User, release: Release, now: datetime, answer: str
) -> None:
    sign_in(client, alice)
    dispute = contest(release, now=now)
    getattr(disputes, answer)(dispute, reason="It is ours.", by=staff(), now=now)
    told = told_of(seller, release)["findings"]
    shown = next(each for each in told if each["dispute"])
    assert shown["dispute"]["reason"] == "It is ours."
    assert (shown["weight"], shown["isContestable"]) == (
        "cleared" if answer == "accept" else "review",
        False,
    )
    page = page_of(client, release)
    assert "It is ours." in page
    assert ("a person agrees" in page) == (answer == "accept")
    assert ("the finding stands" in page) == (answer == "reject")


def test_a_broken_form_is_not_offered_to_be_contested(
    client: Client, seller: Client, alice: User, listing: Listing
) -> None:
    sign_in(client, alice)
    report = ReportFactory.create(verdict="failed", facts_sha256="")
    form = {"category": "manifest", "rule": "manifest/bad-value", "effect": Effect.BLOCK}
    FindingFactory.create(report=report, file_sha256="", **form)
    release = ReleaseFactory.create(state=State.REJECTED, report=report, listing=listing)
    page = page_of(client, release)
    assert "Send to a person" not in page
    assert "contest it" not in page
    assert "This is about the form of the package, which nobody can let through" in page
    [told] = told_of(seller, release)["findings"]
    assert told["isContestable"] is False
    answer = through_api(seller, release, told["id"], statement="It is fine.")
    assert answer.status_code == 409
    assert "Mend it and upload" in answer.json()["message"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.HELD, "A person decides, not a program."),
        (State.REJECTED, "does so again if you contest it"),
        (State.REVOKED, "that a person had to look at"),
    ],
)
def test_what_a_person_looks_at_is_told_as_the_release_stands(
    client: Client, alice: User, listing: Listing, state: State, words: str
) -> None:
    sign_in(client, alice)
    release = shelf.judged(state, listing=listing, findings=0)
    FindingFactory.create(report=release.report, effect=Effect.REVIEW)
    page = page_of(client, release)
    assert words in page
    assert ("contest it and say why" in page) == (state is not State.REVOKED)


def test_suspicions_weigh_what_they_come_to(seller: Client, listing: Listing) -> None:
    release = shelf.judged(State.ACCEPTED, listing=listing, findings=0)
    first = {"effect": Effect.SUSPICION, "rule": "link/one", "category": "link"}
    FindingFactory.create(report=release.report, **first)
    assert [each["weight"] for each in told_of(seller, release)["findings"]] == ["note"]
    FindingFactory.create(report=release.report, **first | {"rule": "link/two"})
    assert [each["weight"] for each in told_of(seller, release)["findings"]] == ["review"] * 2


def test_quality_comes_after_notes_that_may_hurt_somebody(seller: Client, listing: Listing) -> None:
    release = shelf.judged(State.ACCEPTED, listing=listing, findings=0)
    for category, file in (("quality", "README.md"), ("link", "content/SKILL.md")):
        note = {"category": category, "rule": f"{category}/any", "effect": Effect.NOTE}
        FindingFactory.create(report=release.report, file=file, **note)
    categories = [each["category"] for each in told_of(seller, release)["findings"]]
    assert categories == ["link", "quality"]


def test_the_gravest_come_first_grouped_by_what_they_are_about(
    client: Client, alice: User, listing: Listing
) -> None:
    sign_in(client, alice)
    release = shelf.judged(State.REJECTED, listing=listing, findings=0)
    for category, effect in (("quality", "note"), ("link", "review"), ("secret", "block")):
        rule = f"{category}/any"
        FindingFactory.create(report=release.report, category=category, rule=rule, effect=effect)
    page = page_of(client, release)
    titles = ("Passwords, keys and tokens", "Links and addresses", "Quality")
    places = [page.index(f">{title}</h3>") for title in titles]
    assert places == sorted(places)
    for words in ("Stops the release", "A person looks", "Note", "It stops nothing"):
        assert words in page


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_words_for_somebody_new(
    client: Client, alice: User, listing: Listing, category: Category
) -> None:
    sign_in(client, alice)
    release = shelf.judged(State.HELD, listing=listing, findings=0)
    FindingFactory.create(report=release.report, category=category, rule=f"{category}/any")
    [group] = client.get(f"/releases/{release.public_id}").context["findings"].groups
    assert group.words.title
    assert len(group.words.why) > 60


def test_more_findings_than_anybody_reads_are_left_out_of_the_page(
    client: Client, seller: Client, alice: User, listing: Listing
) -> None:
    sign_in(client, alice)
    release = shelf.judged(State.HELD, listing=listing, findings=103)
    page = page_of(client, release)
    assert page.count("Send to a person") == 100
    assert "And 3 more" in page
    assert len(told_of(seller, release)["findings"]) == 103


def test_quality_and_its_reasons_are_shown(
    client: Client, seller: Client, alice: User, listing: Listing
) -> None:
    sign_in(client, alice)
    report = ReportFactory.create(quality=_QUALITY)
    release = ReleaseFactory.create(listing=listing, report=report)
    told = told_of(seller, release)
    assert told["quality"] == _QUALITY
    assert told["scannedAt"]
    page = page_of(client, release)
    assert "85 of 100" in page
    assert "The README is short." in page


def test_what_was_never_scanned_says_so_with_nothing(seller: Client, listing: Listing) -> None:
    release = ReleaseFactory.create(listing=listing)
    told = told_of(seller, release)
    assert [told[key] for key in ("scannedAt", "quality", "review", "rescan")] == [None] * 4
    assert told["findings"] == []


def test_a_page_costs_as_many_queries_for_many_findings_as_for_one(
    client: Client,
    alice: User,
    acme: Vendor,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in(client, alice)
    few = shelf.judged(State.HELD, findings=1, listing__vendor=acme)
    many = shelf.judged(State.HELD, findings=30, listing__vendor=acme)
    for release in (few, many):
        cases.open_case(release, Cause.HELD, now=now)
        for number in range(1 if release is few else 9):
            contest(release, number=number, now=now)
    page_of(client, few)
    for release in (few, many):
        with django_assert_num_queries(10):
            page_of(client, release)


def test_a_list_costs_as_many_queries_for_many_releases_as_for_one(
    seller: Client,
    acme: Vendor,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(6):
        release = shelf.judged(
            State.HELD, findings=3, listing=ListingFactory.create(vendor=acme, slug=f"p-{number}")
        )
        cases.open_case(release, Cause.HELD, now=now)
        contest(release, now=now)
        if number % 2:
            review.accept(release, reason="Fine.", by=staff(), now=now)
        if number in {0, 5}:
            with django_assert_num_queries(9):
                assert len(seller.get(RELEASES).json()["items"]) == number + 1
