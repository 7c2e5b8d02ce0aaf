"""An upload is weighed by what is excepted at the moment at which it is decided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from catalog.models import Listing
from releases import decisions, exceptions, review
from releases.models import FindingException, Release
from releases.states import State
from scanning.engine import Canonical, Examined
from scanning.models import Finding
from tests.factories.releases import WaitingReleaseFactory
from tests.factories.scanning import FindingFactory
from tests.releases.people import staff
from tests.threads import wait_for_whoever_waits

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Change = Callable[[Release, Finding, datetime], None]


def _except(release: Release, finding: Finding, now: datetime) -> None:
    exceptions.add([finding], release=release, reason="A sample.", by=staff(), now=now)


def _withdraw(_release: Release, _finding: Finding, now: datetime) -> None:
    excepted = FindingException.objects.get()
    review.withdraw_exception(excepted, reason="It is real.", by=staff(), now=now)


def _examined(finding: Finding, release: Release, folder: Path) -> Examined:
    archive = folder / "canonical.zip"
    archive.write_bytes(b"an archive")
    manifest = {"name": release.name, "version": release.version, "type": release.listing.type}
    canonical = Canonical(
        path=archive,
        sha256="a" * 64,
        size_bytes=10,
        manifest=manifest,
        files=(),
        readme="",
    )
    return Examined(release.upload_sha256, finding.report, (finding,), canonical)


@pytest.mark.parametrize(
    ("before", "meanwhile", "state"),
    [
        ([_except], _withdraw, State.HELD),
        ([], _except, State.ACCEPTED),
    ],
)
def test_what_staff_says_of_a_finding_meanwhile_counts(
    tmp_path: Path, now: datetime, before: list[Change], meanwhile: Change, state: State
) -> None:
    release: Release = WaitingReleaseFactory.create(state=State.SCANNING, lease_token="mine")
    finding: Finding = FindingFactory.create(effect="review", file_sha256="1" * 64)
    for change in before:
        change(release, finding, now)
    examined = _examined(finding, release, tmp_path)

    def decide() -> None:
        try:
            mine = Release.objects.with_listing().get(pk=release.pk)
            decisions.decide(mine, examined, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Listing.objects.select_for_update().get(pk=release.listing_id)
            decided = pool.submit(decide)
            wait_for_whoever_waits()
            meanwhile(release, finding, now)
        decided.result(timeout=20)
    assert Release.objects.get().state == state
