"""Abandoned uploads go; those that a release waits for stay."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from mog_site.celery import BEAT_SCHEDULE
from releases import purging, storage
from tests.factories.releases import WaitingReleaseFactory
from tests.releases.conftest import kept_files

pytestmark = pytest.mark.django_db


def test_what_nobody_waits_for_goes_after_a_day() -> None:
    awaited, abandoned = (storage.put_upload(ContentFile(b"x")) for _ in range(2))
    WaitingReleaseFactory.create(upload_key=awaited)
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    assert purging.purge(now=timezone.now(), dry_run=False) == 0
    assert purging.purge(now=tomorrow, dry_run=True) == 1
    assert sorted([awaited, abandoned]) == kept_files()
    assert purging.purge(now=tomorrow, dry_run=False) == 1
    assert kept_files() == [awaited]


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("purge_uploads", "--dry-run")
    call_command("purge_uploads")
    assert capsys.readouterr().out == "would remove 0 uploads\nremoved 0 uploads\n"


def test_it_runs_every_day() -> None:
    assert "releases.purge_uploads" in {entry["task"] for entry in BEAT_SCHEDULE.values()}
