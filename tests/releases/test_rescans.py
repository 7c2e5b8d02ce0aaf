"""Another scan under other rules: what it does to a release, and what it leaves alone.

The rules of tomorrow are packs of an operator, so that the scan itself is the real one.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState, Vendor
from releases import campaigns, disputes, publishing, rescans, review
from releases.errors import NothingToScan
from releases.models import (
    Case,
    Cause,
    Dispute,
    DisputeState,
    Outcome,
    Release,
    RescanCampaign,
)
from releases.rescans import Effect
from releases.states import RESCANNABLE, State
from scanning import ruleset
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.releases import ReleaseFactory
from tests.mog_package import packages
from tests.releases.conftest import RELEASES, archive, send
from tests.releases.people import contest, staff
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

Rules = Callable[..., None]

_RULE = """
- id: link/acme-{name}
  severity: {severity}
  confidence: high
  advice: Remove the badge.
  malicious: {malicious}
  pattern: 'acme-{name}'
"""


@pytest.fixture
def rules(settings: Settings, tmp_path: Path) -> Rules:
    """Let rules of tomorrow be in force, which meet `acme-` and their name."""

    def change(*names: str, severity: str = "high", malicious: str = "false") -> None:
        folder = tmp_path / f"packs-{'-'.join([*names, severity, malicious])}"
        folder.mkdir(exist_ok=True)
        each = [_RULE.format(name=n, severity=severity, malicious=malicious) for n in names]
        (folder / "own.yaml").write_text("".join(each) or "[]", encoding="utf-8")
        settings.SCAN_RULES_DIR = str(folder)

    return change


@pytest.fixture
def moderator(db: None) -> Actor:
    """Somebody of staff."""
    return staff()


@pytest.fixture
def upload(seller: Client, worker: None) -> Callable[..., Release]:
    """Upload the package that has the badges, and let it be decided."""

    def send_one(**fields: str) -> Release:
        files = packages.complete() | {"content/notes.md": b"acme-badge\n\nacme-pin\n"}
        _, body = send(seller, archive(files), **fields)
        return _release(body["id"])

    return send_one


def _release(public_id: str) -> Release:
    return Release.objects.with_listing().with_artifact().get(public_id=public_id)


def published(upload: Callable[..., Release], state: State = State.PUBLISHED) -> Release:
    """Return an uploaded release in one of the states that are scanned again."""
    release = upload(publish="" if state in {State.ACCEPTED, State.HELD} else "true")
    if state is State.WITHDRAWN:
        by = Bearer(release.uploaded_by, SELLER).actor
        publishing.withdraw(release, reason="It is old.", by=by, now=timezone.now())
    mail.outbox.clear()
    return release


def scan_again(release: Release) -> Release:
    """Have its seller ask for another scan; return how it stands then."""
    by = Bearer(release.uploaded_by, SELLER).actor
    campaigns.ask(release, by=by, now=timezone.now())
    return _release(release.public_id)


def ask(client: Client, release: Release) -> Any:
    """Ask for another scan through the API."""
    address = f"{RELEASES}/{release.public_id}/rescans"
    return client.post(address, {}, content_type="application/json")


def the_case(release: Release) -> tuple[str, str]:
    """Return cause and outcome of the last case of a release."""
    case = Case.objects.filter(release=release).latest("pk")
    return case.cause, case.outcome


@pytest.mark.parametrize("severity", ["medium", "critical"])
@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_what_is_newly_found_in_a_live_release_has_a_person_look(
    upload: Callable[..., Release],
    rules: Rules,
    settings: Settings,
    state: State,
    severity: str,
) -> None:
    release = published(upload, state)
    rules("badge", severity=severity)
    after = scan_again(release)
    assert after.state == state
    assert after.report is not None
    assert after.report.ruleset == ruleset.current().version
    case = Case.objects.get()
    assert case.cause == Cause.RESCAN
    assert case.due_at - case.opened_at == settings.REVIEW_RESCAN_WITHIN
    event = Event.objects.get(action=Action.RELEASE_FLAGGED)
    assert (event.actor_kind, event.subject) == ("system", release.subject)
    [letter] = mail.outbox
    assert letter.subject.endswith(f": {state}, and looked at again")
    assert "content/notes.md:1" in letter.body
    assert "acme-badge" not in letter.body


@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_what_nobody_honest_ships_stops_a_live_release_at_once(
    upload: Callable[..., Release], rules: Rules, state: State
) -> None:
    release = published(upload, state)
    rules("badge", malicious="true")
    after = scan_again(release)
    assert after.state == State.SUSPENDED
    assert the_case(release) == (Cause.RESCAN, "")
    move = after.transitions.get(after=State.SUSPENDED)
    assert (move.before, move.by) == (state, None)
    assert Event.objects.get(action=Action.RELEASE_SUSPENDED).actor_kind == "system"
    assert Listing.objects.get().state == ListingState.DRAFT
    [letter] = mail.outbox
    assert "we have stopped it at once" in letter.body
    assert RescanCampaign.objects.get().suspended == 1


def test_what_would_stop_no_upload_stops_nothing_later(
    upload: Callable[..., Release], rules: Rules
) -> None:
    release = published(upload)
    rules("badge", severity="low", malicious="true")
    assert scan_again(release).state == State.PUBLISHED
    assert not Case.objects.exists()


@pytest.mark.parametrize("malicious", ["true", "false"])
def test_what_is_found_before_it_was_published_holds_it(
    upload: Callable[..., Release], rules: Rules, malicious: str
) -> None:
    release = published(upload, State.ACCEPTED)
    rules("badge", malicious=malicious)
    assert scan_again(release).state == State.HELD
    assert the_case(release) == (Cause.HELD, "")
    assert len(mail.outbox) == 1


def test_a_rule_that_only_watches_does_nothing(
    upload: Callable[..., Release], rules: Rules, settings: Settings
) -> None:
    release = published(upload)
    rules("badge", malicious="true")
    settings.SCAN_RULES_WATCHING = ["link/acme-badge"]
    after = scan_again(release)
    assert after.report is not None
    assert after.report.findings.get().is_malicious
    assert after.state == State.PUBLISHED
    assert not Case.objects.exists()
    assert mail.outbox == []


def test_a_held_release_goes_on_when_the_rules_find_nothing_any_more(
    upload: Callable[..., Release], rules: Rules
) -> None:
    rules("badge")
    release = upload(publish="true")
    assert release.state == State.HELD
    rules()
    assert scan_again(release).state == State.PUBLISHED
    assert the_case(release) == (Cause.HELD, Outcome.ACCEPTED)
    assert Case.objects.get().closed_by is None


def test_a_held_release_stays_held_whatever_else_is_found(
    upload: Callable[..., Release], rules: Rules
) -> None:
    rules("badge")
    release = upload()
    rules("badge", "pin", malicious="true", severity="critical")
    after = scan_again(release)
    assert after.state == State.HELD
    assert after.report is not None
    assert after.report.findings.count() == 2
    assert Case.objects.count() == 1


def test_a_flag_goes_when_the_rules_find_nothing_any_more(
    seller: Client, upload: Callable[..., Release], rules: Rules, now: datetime
) -> None:
    release = published(upload)
    rules("badge")
    contest(scan_again(release), now=now)
    rules()
    scan_again(release)
    assert the_case(release) == (Cause.RESCAN, Outcome.CLEARED)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.decided_by) == (DisputeState.ACCEPTED, None)
    told = seller.get(f"{RELEASES}/{release.public_id}").json()
    assert told["findings"] == []
    [earlier] = told["earlierDisputes"]
    assert (earlier["id"], earlier["file"]) == (dispute.public_id, "content/notes.md")
    browser = Client()
    sign_in(browser, release.uploaded_by)
    page = browser.get(f"/releases/{release.public_id}").content.decode()
    assert "What you contested before" in page
    assert "The rules of today no longer find this." in page


@pytest.mark.parametrize("malicious", ["true", "false"])
def test_what_a_person_has_excepted_is_found_and_does_nothing(
    upload: Callable[..., Release],
    rules: Rules,
    moderator: Actor,
    now: datetime,
    malicious: str,
) -> None:
    rules("badge")
    release = upload(publish="true")
    disputes.accept(contest(release, now=now), reason="Ours.", by=moderator, now=now)
    rules("badge", malicious=malicious)
    after = scan_again(release)
    assert after.report is not None
    assert after.report.findings.count() == 1
    assert after.state == State.PUBLISHED
    assert not Case.objects.open().exists()


def test_a_cleared_verdict_survives_new_rules(
    upload: Callable[..., Release], rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge")
    release = upload(publish="true")
    review.accept(release, reason="Harmless.", by=moderator, now=now)
    rules("badge", "pin", severity="critical")
    for _ in range(2):
        assert scan_again(release).state == State.PUBLISHED
        assert not Case.objects.open().exists()
    rules("badge", "pin", malicious="true")
    assert scan_again(release).state == State.SUSPENDED


def test_bytes_that_were_cleared_once_stay_so_under_another_release(
    upload: Callable[..., Release], rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", severity="critical")
    refused = upload()
    assert refused.state == State.REJECTED
    disputes.accept(contest(refused, now=now), reason="Ours.", by=moderator, now=now)
    release = upload(publish="true")
    rules("badge", "pin", severity="critical")
    assert scan_again(release).state == State.PUBLISHED
    assert not Case.objects.open().exists()


def test_to_agree_about_a_note_lets_nothing_else_pass(
    upload: Callable[..., Release], rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", severity="low")
    release = published(upload)
    disputes.accept(contest(release, now=now), reason="Ours.", by=moderator, now=now)
    rules("badge", "pin", severity="critical")
    scan_again(release)
    assert the_case(release) == (Cause.RESCAN, "")


def test_to_agree_about_half_of_what_rejected_it_lets_nothing_else_pass(
    upload: Callable[..., Release], rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", "pin", severity="critical")
    refused = upload()
    disputes.accept(contest(refused, now=now), reason="Ours.", by=moderator, now=now)
    rules()
    release = upload(publish="true")
    rules("badge", "pin", severity="critical")
    scan_again(release)
    assert the_case(release) == (Cause.RESCAN, "")


def test_a_second_scan_of_the_same_tells_nobody_again(
    upload: Callable[..., Release], rules: Rules
) -> None:
    release = published(upload)
    rules("badge")
    scan_again(release)
    scan_again(release)
    assert len(mail.outbox) == 1
    assert Event.objects.filter(action=Action.RELEASE_FLAGGED).count() == 1
    counts = RescanCampaign.objects.order_by("pk").values_list("scanned", "flagged")
    assert list(counts) == [(1, 1), (1, 0)]


@pytest.mark.parametrize("bytes_there", [None, b"", b"PK"])
def test_what_cannot_be_scanned_changes_nothing(
    upload: Callable[..., Release], rules: Rules, bytes_there: bytes | None, tmp_path: Path
) -> None:
    release = published(upload)
    [kept] = (tmp_path / "files").rglob(f"{release.artifact.sha256}.zip")
    kept.unlink()
    if bytes_there is not None:
        kept.write_bytes(bytes_there)
    rules("badge", malicious="true")
    after = scan_again(release)
    assert (after.state, after.report) == (State.PUBLISHED, release.report)
    assert mail.outbox == []
    rescan = RescanCampaign.objects.get()
    assert (rescan.is_conclusive, rescan.inconclusive) == (False, 1)


def test_another_archive_in_its_place_is_no_result(
    upload: Callable[..., Release], rules: Rules, tmp_path: Path
) -> None:
    release = published(upload)
    [kept] = (tmp_path / "files").rglob(f"{release.artifact.sha256}.zip")
    kept.write_bytes(archive())
    after = scan_again(release)
    assert after.report == release.report
    assert RescanCampaign.objects.get().inconclusive == 1


def test_what_staff_decides_meanwhile_stands(
    upload: Callable[..., Release], rules: Rules, moderator: Actor
) -> None:
    release = published(upload)
    rules("badge", malicious="true")
    now = timezone.now()
    with rescans.examined(release, now=now) as result:
        review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
        with transaction.atomic():
            assert rescans.settle(release, result, now=now) is Effect.NOTHING
    after = _release(release.public_id)
    assert after.state == State.SUSPENDED
    assert after.transitions.get(after=State.SUSPENDED).by == moderator.user
    assert not Case.objects.open().exists()


@pytest.mark.parametrize("state", sorted(set(State) - RESCANNABLE - {State.UPLOADED}))
def test_only_what_matters_is_scanned_again(
    seller: Client, alice: User, acme: Vendor, state: State
) -> None:
    if state is State.SCANNING:
        release = ReleaseFactory.create(listing__vendor=acme, state=state)
    else:
        release = shelf.judged(state, listing__vendor=acme)
    answer = ask(seller, release)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_scan")
    by = Bearer(release.uploaded_by, SELLER).actor
    with pytest.raises(NothingToScan):
        campaigns.ask(release, by=by, now=timezone.now())


def test_another_scan_is_asked_for_through_the_api(
    seller: Client, upload: Callable[..., Release], rules: Rules
) -> None:
    release = published(upload)
    rules("badge")
    answer = ask(seller, release)
    assert answer.status_code == 202
    assert answer["Location"] == f"{RELEASES}/{release.public_id}"
    told = seller.get(answer["Location"]).json()
    assert told["rescan"]["id"] == answer.json()["id"]
    assert told["rescan"]["isConclusive"] is True
    assert (told["title"], told["review"]["cause"]) == ("Published, and looked at again", "rescan")


def test_one_scan_at_a_time_is_asked_for(seller: Client, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    first, second = ask(seller, release).json(), ask(seller, release).json()
    assert first["id"] == second["id"]
    assert (first["finishedAt"], first["isConclusive"]) == (None, None)
    assert Event.objects.filter(action=Action.RESCAN_STARTED).count() == 1


def test_so_many_scans_are_asked_for_in_a_day(seller: Client, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    answers = [ask(seller, release) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    # The windows of a tier are days of their own; how much of this one is left, nobody knows.
    assert 0 < int(answers[-1]["Retry-After"]) <= 24 * 60 * 60 + 1


def test_strangers_ask_for_no_scan(charlie: User, alice: User, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    assert ask(Bearer(charlie, SELLER).client, release).status_code == 404
    assert ask(Bearer(alice).client, release).status_code == 403
    browser = Client()
    sign_in(browser, charlie)
    assert browser.post(f"/releases/{release.public_id}/rescans").status_code == 404
    assert not RescanCampaign.objects.exists()


def test_the_page_offers_another_scan_once_the_rules_have_changed(
    client: Client, alice: User, upload: Callable[..., Release], rules: Rules
) -> None:
    release = published(upload)
    sign_in(client, alice)
    page = f"/releases/{release.public_id}"
    assert "These are the rules of today" in client.get(page).content.decode()
    rules("badge")
    assert "Scan it again" in client.get(page).content.decode()
    assert client.post(f"{page}/rescans")["Location"] == page
    text = client.get(page).content.decode()
    for words in ("Published, and looked at again", "We aim to decide by", "Links and addresses"):
        assert words in text
