"""From upload to decision, through real children; and what happens when something breaks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState, Vendor
from mog_package.rules import Rule
from releases import claims, decisions, vetting
from releases.models import Artifact, DailyDownload, Release
from releases.states import State
from scanning import engine
from scanning.errors import Reason, ScanInconclusive
from scanning.models import Finding
from scanning.public_rules import name_for_sellers
from tests.factories.catalog import ListingFactory
from tests.factories.releases import WaitingReleaseFactory
from tests.mog_package import packages
from tests.mog_package.hostile_archives import LARGE, SAMPLES
from tests.releases.conftest import RELEASES, archive, kept_files, send, starves
from tests.scanning.templates import filled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# A key as its provider writes them, put together here so that nobody finds it in this file.
_LEAKED = filled("ghp_{checked*30}")


def state_of(body: Mapping[str, object], client: Client) -> dict[str, object]:
    """Ask how a release stands."""
    told: dict[str, object] = client.get(f"{RELEASES}/{body['id']}").json()
    return told


@pytest.mark.usefixtures("worker")
def test_a_clean_package_is_accepted(seller: Client) -> None:
    _, body = send(seller)
    told = state_of(body, seller)
    assert (told["state"], told["isFinal"], told["findings"]) == ("accepted", True, [])
    artifact = Artifact.objects.get()
    assert told["sha256"] == artifact.sha256
    assert kept_files() == [f"artifacts/{artifact.sha256[:2]}/{artifact.sha256}.zip"]
    assert [file["path"] for file in artifact.files] == [
        "LICENSE",
        "README.md",
        "content/SKILL.md",
        "mog.yaml",
    ]
    assert artifact.readme_html.startswith("<h2>PDF tools</h2>")


@pytest.mark.usefixtures("worker")
def test_publishing_can_be_asked_for_with_the_upload(seller: Client) -> None:
    _, body = send(seller, publish="true")
    assert state_of(body, seller)["state"] == "published"
    listing = Listing.objects.get()
    assert (listing.state, listing.latest_version, listing.type) == (
        ListingState.LIVE,
        "1.0.0",
        "skill",
    )


@pytest.mark.usefixtures("worker")
def test_each_step_stands_in_history_and_trail(seller: Client) -> None:
    send(seller, publish="true")
    moves = Release.objects.get().transitions.order_by("id").values_list("before", "after")
    assert list(moves) == [("scanning", "accepted"), ("accepted", "published")]
    for action in (Action.RELEASE_ACCEPTED, Action.RELEASE_PUBLISHED):
        assert Event.objects.filter(action=action).count() == 1


@pytest.mark.usefixtures("worker")
def test_the_seller_is_told(seller: Client) -> None:
    send(seller)
    assert [letter.to for letter in mail.outbox] == [["alice@example.com"]]
    assert "acme/pdf-tools 1.0.0" in mail.outbox[0].subject


@pytest.mark.usefixtures("worker")
def test_a_mail_about_a_broken_form_does_not_offer_to_contest_it(seller: Client) -> None:
    send(seller, b"This is no archive.")
    text = str(mail.outbox[0].body)
    assert "What the scan found" in text
    assert "contest it" not in text


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "acme/other"}, "name_mismatch"),
        ({"version": "2.0.0"}, "version_mismatch"),
    ],
)
def test_what_was_declared_must_be_inside(
    seller: Client, fields: dict[str, str], problem: str
) -> None:
    _, body = send(seller, publish="true", **fields)
    told = state_of(body, seller)
    assert (told["state"], told["problem"]) == ("rejected", problem)
    assert kept_files() == []


@pytest.mark.usefixtures("worker")
def test_a_package_keeps_its_type(seller: Client, acme: Vendor) -> None:
    ListingFactory.create(vendor=acme, slug="pdf-tools", type="rule")
    _, body = send(seller)
    told = state_of(body, seller)
    assert (told["state"], told["problem"]) == ("rejected", "type_changed")


@pytest.mark.usefixtures("worker")
def test_a_leaked_key_rejects_and_is_never_repeated(seller: Client) -> None:
    files = packages.complete() | {"content/notes.md": f"token: {_LEAKED}\n".encode()}
    _, body = send(seller, archive(files))
    told = state_of(body, seller)
    assert told["state"] == "rejected"
    findings = told["findings"]
    assert isinstance(findings, list)
    assert [(found["file"], found["line"]) for found in findings] == [("content/notes.md", 1)]
    assert _LEAKED not in str(told)
    assert kept_files() == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("rule", [*SAMPLES, *LARGE])
def test_every_rule_of_the_archive_holds_at_the_door(seller: Client, rule: Rule) -> None:
    _, body = send(seller, (SAMPLES | LARGE)[rule](), publish="true")
    told = state_of(body, seller)
    findings = told["findings"]
    assert isinstance(findings, list)
    assert told["state"] == "rejected"
    assert f"archive/{rule}" in {found["ruleId"] for found in findings}
    assert kept_files() == []
    assert not Artifact.objects.exists()


@pytest.mark.usefixtures("worker")
def test_a_rejected_version_can_be_sent_again(seller: Client) -> None:
    send(seller, b"no zip at all")
    _, body = send(seller)
    assert state_of(body, seller)["state"] == "accepted"


def test_a_scan_that_breaks_holds_the_release(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, body = send(seller, publish="true")

    def breaks(*_: object, **__: object) -> None:
        raise ScanInconclusive(Reason.CRASHED)

    monkeypatch.setattr(engine, "examine", breaks)
    vetting.vet(Release.objects.get().pk)
    told = state_of(body, seller)
    assert (told["state"], told["problem"]) == ("held", "scan_incomplete")
    assert kept_files() == [Release.objects.get().upload_key]


def test_a_scan_that_a_busy_machine_cut_short_is_begun_anew(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, body = send(seller)
    release = Release.objects.get()
    with monkeypatch.context() as busy:
        busy.setattr(engine, "examine", starves)
        for _attempt in range(2):
            vetting.vet(release.pk)
            assert state_of(body, seller)["state"] == "scanning"
            Release.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    vetting.vet(release.pk)
    assert state_of(body, seller)["state"] == "accepted"


def test_a_scan_that_is_cut_short_again_and_again_holds_the_release(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, body = send(seller)
    release = Release.objects.get()
    monkeypatch.setattr(engine, "examine", starves)
    for _attempt in range(3):
        Release.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        vetting.vet(release.pk)
    told = state_of(body, seller)
    assert (told["state"], told["problem"]) == ("held", "scan_incomplete")


def test_a_lost_upload_holds_the_release(seller: Client, tmp_path: Path) -> None:
    _, body = send(seller)
    release = Release.objects.get()
    (tmp_path / "files" / release.upload_key).unlink()
    vetting.vet(release.pk)
    told = state_of(body, seller)
    assert (told["state"], told["problem"]) == ("held", "upload_missing")


def test_what_a_retired_listing_no_longer_takes_stays_accepted(seller: Client) -> None:
    _, body = send(seller, publish="true")
    Listing.objects.update(state=ListingState.RETIRED)
    vetting.vet(Release.objects.get().pk)
    told = state_of(body, seller)
    assert (told["state"], told["problem"], told["isFinal"]) == (
        "accepted",
        "listing_retired",
        True,
    )


def test_after_three_attempts_a_person_looks(seller: Client) -> None:
    _, body = send(seller)
    Release.objects.update(attempts=3)
    vetting.vet(Release.objects.get().pk)
    assert state_of(body, seller)["problem"] == "scan_incomplete"


def test_a_task_that_runs_twice_does_nothing_the_second_time(seller: Client) -> None:
    send(seller)
    release = Release.objects.get()
    vetting.vet(release.pk)
    vetting.vet(release.pk)
    release.refresh_from_db()
    assert (release.state, release.attempts) == (State.ACCEPTED, 1)


def test_a_release_that_a_worker_holds_is_left_alone() -> None:
    release = WaitingReleaseFactory.create(
        state=State.SCANNING, lease_until=timezone.now() + timedelta(seconds=5), lease_token="a"
    )
    assert not release.claim("b", lease=claims.LEASE, now=timezone.now())


def test_a_lapsed_claim_can_be_taken_over_and_not_renewed() -> None:
    now = timezone.now()
    release = WaitingReleaseFactory.create(
        state=State.SCANNING, lease_until=now - timedelta(seconds=1), lease_token="a"
    )
    assert release.claim("b", lease=claims.LEASE, now=now)
    assert not release.renew("a", lease=claims.LEASE, now=now)
    assert release.renew("b", lease=claims.LEASE, now=now)


def test_a_claim_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_RENEW_SECONDS", 0.01)
    release = WaitingReleaseFactory.create()
    release.claim("a", lease=timedelta(), now=timezone.now())
    moments: set[datetime | None] = set()
    deadline = timezone.now() + timedelta(seconds=10)
    with claims.kept_alive(release, "a"):
        # The first is the claim itself; one renewal alone would not keep it.
        while len(moments) < 4:
            moments.add(Release.objects.get().lease_until)
            assert timezone.now() < deadline


def test_of_two_decisions_the_first_stands(seller: Client) -> None:
    send(seller)
    release = Release.objects.get()
    late = Release.objects.get()
    vetting.vet(release.pk)
    late.state = State.SCANNING
    decisions.hold(late, problem="scan_incomplete", now=timezone.now())
    assert Release.objects.get().state == State.ACCEPTED


def test_a_worker_whose_claim_lapsed_overrules_nobody(seller: Client) -> None:
    send(seller)
    late = Release.objects.get()
    late.claim("late", lease=timedelta(), now=timezone.now())
    late.refresh_from_db()
    current = Release.objects.get()
    assert current.claim("current", lease=claims.LEASE, now=timezone.now())
    decisions.hold(late, problem="scan_incomplete", now=timezone.now())
    assert Release.objects.get().state == State.SCANNING


def test_an_engine_that_misses_a_file_does_not_blame_the_upload(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(seller)

    def breaks(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(engine, "examine", breaks)
    with pytest.raises(FileNotFoundError):
        vetting.vet(Release.objects.get().pk)
    assert Release.objects.get().state == State.SCANNING


def test_an_operators_own_rule_is_not_named(seller: Client) -> None:
    send(seller, archive(packages.complete() | {"content/a.md": f"{_LEAKED}\n".encode()}))
    vetting.vet(Release.objects.get().pk)
    (finding,) = Finding.objects.all()
    assert name_for_sellers(finding) == finding.rule
    finding.rule = "secret/acme-badge"
    assert name_for_sellers(finding) == "secret/other"


def test_the_sweep_sends_what_nobody_took_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    lapsed = now - timedelta(seconds=1)
    lost = WaitingReleaseFactory.create(version="1.0.1", lease_until=lapsed)
    killed = WaitingReleaseFactory.create(
        version="1.0.2", state=State.SCANNING, lease_until=lapsed, lease_token="a"
    )
    WaitingReleaseFactory.create(version="1.0.3")
    sent: list[int] = []
    monkeypatch.setattr(vetting.vet, "delay", sent.append)
    assert vetting.sweep() == 2
    assert sorted(sent) == [lost.pk, killed.pk]


def test_the_sweep_does_not_repeat_itself_for_a_long_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    WaitingReleaseFactory.create(lease_until=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(vetting.vet, "delay", lambda _pk: None)
    assert vetting.sweep() == 1
    assert vetting.sweep() == 0


def test_the_same_bytes_are_kept_once(seller: Client, acme: Vendor) -> None:
    send(seller)
    vetting.vet(Release.objects.get().pk)
    Release.objects.update(state=State.REJECTED)
    send(seller)
    vetting.vet(Release.objects.latest("pk").pk)
    assert len(kept_files()) == 1
    assert not DailyDownload.objects.exists()


def test_what_a_killed_worker_left_half_written_is_replaced(seller: Client, tmp_path: Path) -> None:
    send(seller)
    vetting.vet(Release.objects.get().pk)
    (whole,) = (tmp_path / "files" / "artifacts").rglob("*.zip")
    bytes_before = whole.read_bytes()
    whole.write_bytes(bytes_before[:100])
    Release.objects.update(state=State.REJECTED)
    send(seller)
    vetting.vet(Release.objects.latest("pk").pk)
    assert whole.read_bytes() == bytes_before
