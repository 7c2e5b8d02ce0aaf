"""What a new owner of a listing brings waits for a person, until one has let it pass."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from catalog.models import Listing, Vendor
from releases import (
    cases,
    decisions,
    disputes,
    rescans,
    review,
)
from releases.models import Case, Cause, Handover, Outcome, Release
from releases.states import State
from scanning.engine import Canonical, Examined
from scanning.models import Finding, Report
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.releases import WaitingReleaseFactory
from tests.factories.scanning import FindingFactory, ReportFactory
from tests.releases.people import staff
from tests.signed_in import sign_in
from tests.transfers import handed_over

pytestmark = pytest.mark.django_db


def cause_of(release: Release) -> str:
    """Return why a release waits for a person; empty when it does not."""
    case = cases.current(release)
    return case.cause if case else ""


def scanned(
    listing: Listing, folder: Path, *, version: str, at: datetime, findings: int = 0
) -> Release:
    """Upload a version under a listing and let its scan end at a moment."""
    release: Release = WaitingReleaseFactory.create(
        listing=listing,
        version=version,
        state=State.SCANNING,
        lease_token="mine",
        is_to_publish=True,
        created_at=at,
    )
    end_scan(release, folder, at=at, findings=findings)
    return release


def end_scan(
    release: Release, folder: Path, *, at: datetime, findings: int = 0, kind: str = "skill"
) -> None:
    """Let a worker decide about a release that it holds."""
    archive = folder / f"{release.version}.zip"
    archive.write_bytes(release.version.encode())
    canonical = Canonical(
        path=archive,
        sha256=hashlib.sha256(release.public_id.encode()).hexdigest(),
        size_bytes=10,
        manifest={
            "name": release.name,
            "version": release.version,
            "type": kind,
            "description": "Reads PDFs.",
            "keywords": [],
            "targets": ["generic"],
            "license": "MIT",
            "requiresTools": [],
            "executable": False,
            "server": None,
            "runsCode": False,
        },
        files=(),
        readme="",
    )
    report: Report = ReportFactory.create(sha256=canonical.sha256)
    found: list[Finding] = [FindingFactory.create(report=report) for _ in range(findings)]
    examined = Examined(release.upload_sha256, report, tuple(found), canonical)
    decisions.decide(release, examined, now=at)
    release.refresh_from_db()


class TestWhatAPersonLooksAt:
    def test_the_first_release_of_the_new_owner_is_held_however_clean(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved = handed_over(listing, globex, now=now)
        release = scanned(moved, tmp_path, version="2.0.0", at=now + timedelta(hours=1))
        assert (release.state, cause_of(release)) == (State.HELD, Cause.NEW_OWNER)
        moved.refresh_from_db()
        assert moved.latest_version == "1.0.0"

    def test_once_a_person_has_let_it_pass_the_next_one_passes_by_its_scan(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved, later = handed_over(listing, globex, now=now), now + timedelta(hours=1)
        first = scanned(moved, tmp_path, version="2.0.0", at=later)
        by = staff()
        review.accept(first, reason="It reads PDFs.", by=by, now=later)
        handover = Handover.objects.get()
        assert (handover.vouched_release, handover.vouched_by) == (first, by.user)
        assert scanned(moved, tmp_path, version="2.1.0", at=later).state == State.PUBLISHED

    def test_a_rejection_leaves_the_next_one_to_a_person_as_well(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved, later = handed_over(listing, globex, now=now), now + timedelta(hours=1)
        first = scanned(moved, tmp_path, version="2.0.0", at=later)
        review.reject(first, reason="It steals keys.", by=staff(), now=later)
        assert scanned(moved, tmp_path, version="2.1.0", at=later).state == State.HELD

    def test_what_was_accepted_before_waits_and_is_not_published_by_itself(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        ready = shelf.accepted(listing=listing, version="2.0.0", is_to_publish=True)
        handed_over(listing, globex, now=now)
        ready.refresh_from_db()
        assert (ready.state, cause_of(ready)) == (State.HELD, Cause.NEW_OWNER)
        assert not ready.is_to_publish
        review.accept(ready, reason="It reads PDFs.", by=staff(), now=now)
        ready.refresh_from_db()
        assert ready.state == State.ACCEPTED

    def test_what_the_old_owner_has_uploaded_says_nothing_of_the_new_one(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        ready = shelf.accepted(
            listing=listing, version="2.0.0", created_at=now - timedelta(hours=1)
        )
        moved = handed_over(listing, globex, now=now)
        ready.refresh_from_db()
        review.accept(ready, reason="It reads PDFs.", by=staff(), now=now)
        assert Handover.objects.get().vouched_at is None
        later = scanned(moved, tmp_path, version="2.1.0", at=now + timedelta(hours=1))
        assert later.state == State.HELD

    def test_what_was_being_scanned_is_held_even_after_the_new_owner_is_known(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        slow: Release = WaitingReleaseFactory.create(
            listing=listing,
            version="1.5.0",
            state=State.SCANNING,
            lease_token="mine",
            is_to_publish=True,
            created_at=now - timedelta(minutes=1),
        )
        in_memory = Release.objects.with_listing().get(pk=slow.pk)
        moved, later = handed_over(listing, globex, now=now), now + timedelta(hours=1)
        first = scanned(moved, tmp_path, version="2.0.0", at=later)
        review.accept(first, reason="It reads PDFs.", by=staff(), now=later)
        end_scan(in_memory, tmp_path, at=later)
        assert (in_memory.state, cause_of(in_memory)) == (State.HELD, Cause.NEW_OWNER)
        assert not in_memory.is_to_publish

    def test_what_was_held_for_its_findings_now_waits_for_a_person_about_its_owner(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        held = shelf.judged(State.HELD, listing=listing, version="2.0.0", findings=1)
        cases.open_case(held, Cause.HELD, now=now)
        finding = Finding.objects.get(report=held.report)
        handed_over(listing, globex, now=now)
        assert cause_of(held) == Cause.NEW_OWNER
        assert globex.user is not None
        dispute = disputes.contest(
            Release.objects.with_listing().get(pk=held.pk),
            finding,
            statement="A sample.",
            by=Bearer(globex.user, SELLER).actor,
            now=now,
        )
        disputes.accept(dispute, reason="It is one.", by=staff(), now=now)
        held.refresh_from_db()
        assert (held.state, cause_of(held)) == (State.HELD, Cause.NEW_OWNER)

    def test_no_later_scan_settles_it(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved = handed_over(listing, globex, now=now)
        held = scanned(moved, tmp_path, version="2.0.0", at=now + timedelta(hours=1))
        again = Release.objects.with_listing().select_related("artifact", "report").get(pk=held.pk)
        assert again.report is not None
        canonical = Canonical(
            path=tmp_path / "2.0.0.zip",
            sha256=again.artifact.sha256,
            size_bytes=10,
            manifest={},
            files=(),
            readme="",
        )
        clean = Examined(again.artifact.sha256, again.report, (), canonical)
        with transaction.atomic():
            rescans.settle(again, clean, now=now)
        held.refresh_from_db()
        assert (held.state, cause_of(held)) == (State.HELD, Cause.NEW_OWNER)

    def test_what_breaks_a_rule_is_rejected_as_ever(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved, later = handed_over(listing, globex, now=now), now + timedelta(hours=1)
        Listing.objects.update(type="rule")  # what its archives say they are is another
        release: Release = WaitingReleaseFactory.create(
            listing=Listing.objects.with_vendor().get(pk=moved.pk),
            version="2.0.0",
            state=State.SCANNING,
            lease_token="mine",
            created_at=later,
        )
        end_scan(release, tmp_path, at=later, kind="skill")
        assert (release.state, cause_of(release)) == (State.REJECTED, "")

    def test_flagged_ones_of_the_new_owner_say_both(
        self, listing: Listing, globex: Vendor, now: datetime, tmp_path: Path
    ) -> None:
        moved = handed_over(listing, globex, now=now)
        later = now + timedelta(hours=1)
        release = scanned(moved, tmp_path, version="2.0.0", at=later, findings=1)
        assert (release.state, cause_of(release)) == (State.HELD, Cause.NEW_OWNER)
        case = Case.objects.get(release=release)
        review.reject(release, reason="No.", by=staff(), now=later)
        case.refresh_from_db()
        assert case.outcome == Outcome.REJECTED

    def test_its_seller_reads_why(
        self, client: Client, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        ready = shelf.accepted(listing=listing, version="2.0.0")
        handed_over(listing, globex, now=now)
        sign_in(client, bob)
        page = client.get(f"/releases/{ready.public_id}").content.decode()
        assert "Held for a look at its new owner" in page
        told = Bearer(bob, SELLER).client.get(f"/v1/vendor/releases/{ready.public_id}").json()
        assert told["review"]["cause"] == "new-owner"

    def test_the_database_knows_who_has_vouched(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.update(vouched_at=now)
