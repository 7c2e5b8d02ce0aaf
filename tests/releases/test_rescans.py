"""Another scan under other rules: what it does to a release, and what it leaves alone.

The rules of tomorrow are packs of an operator, so that the scan itself is the real one.
"""

from datetime import datetime
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import Actor
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from releases import rescans, review
from releases.models import Case, Cause, Dispute, DisputeState, Outcome, RescanCampaign
from releases.rescans import Effect
from releases.states import State
from scanning import ruleset
from tests.releases.conftest import RELEASES, archive
from tests.releases.people import contest
from tests.releases.rescanning import Rules, Upload, fresh, published, scan_again
from tests.releases.standing import the_case
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.mark.parametrize("severity", ["medium", "critical"])
@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_what_is_newly_found_in_a_live_release_has_a_person_look(
    upload: Upload,
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
    upload: Upload, rules: Rules, state: State
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


def test_what_would_stop_no_upload_stops_nothing_later(upload: Upload, rules: Rules) -> None:
    release = published(upload)
    rules("badge", severity="low", malicious="true")
    assert scan_again(release).state == State.PUBLISHED
    assert not Case.objects.exists()


@pytest.mark.parametrize("malicious", ["true", "false"])
def test_what_is_found_before_it_was_published_holds_it(
    upload: Upload, rules: Rules, malicious: str
) -> None:
    release = published(upload, State.ACCEPTED)
    rules("badge", malicious=malicious)
    assert scan_again(release).state == State.HELD
    assert the_case(release) == (Cause.HELD, "")
    assert len(mail.outbox) == 1


def test_a_rule_that_only_watches_does_nothing(
    upload: Upload, rules: Rules, settings: Settings
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
    upload: Upload, rules: Rules
) -> None:
    rules("badge")
    release = upload(publish="true")
    assert release.state == State.HELD
    rules()
    assert scan_again(release).state == State.PUBLISHED
    assert the_case(release) == (Cause.HELD, Outcome.ACCEPTED)
    assert Case.objects.get().closed_by is None


def test_a_held_release_stays_held_whatever_else_is_found(upload: Upload, rules: Rules) -> None:
    rules("badge")
    release = upload()
    rules("badge", "pin", malicious="true", severity="critical")
    after = scan_again(release)
    assert after.state == State.HELD
    assert after.report is not None
    assert after.report.findings.count() == 2
    assert Case.objects.count() == 1


def test_a_flag_goes_when_the_rules_find_nothing_any_more(
    seller: Client, upload: Upload, rules: Rules, now: datetime
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


def test_a_second_scan_of_the_same_tells_nobody_again(upload: Upload, rules: Rules) -> None:
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
    upload: Upload, rules: Rules, bytes_there: bytes | None, tmp_path: Path
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
    upload: Upload, rules: Rules, tmp_path: Path
) -> None:
    release = published(upload)
    [kept] = (tmp_path / "files").rglob(f"{release.artifact.sha256}.zip")
    kept.write_bytes(archive())
    after = scan_again(release)
    assert after.report == release.report
    assert RescanCampaign.objects.get().inconclusive == 1


def test_what_staff_decides_meanwhile_stands(
    upload: Upload, rules: Rules, moderator: Actor
) -> None:
    release = published(upload)
    rules("badge", malicious="true")
    now = timezone.now()
    with rescans.examined(release, now=now) as result:
        review.suspend(release, reason="Somebody complained.", by=moderator, now=now)
        with transaction.atomic():
            assert rescans.settle(release, result, now=now) is Effect.NOTHING
    after = fresh(release.public_id)
    assert after.state == State.SUSPENDED
    assert after.transitions.get(after=State.SUSPENDED).by == moderator.user
    assert not Case.objects.open().exists()
