"""`kill -9` in the middle of a walk over what is live: it goes on where it was, nothing twice.

The packages are large enough that the scan of each takes a while, so that there is a middle.
"""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from mog_package import open_archive, validate, write_canonical
from releases.models import Release, RescanCampaign
from releases.states import State
from scanning import ruleset
from tests import processes
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.live import LiveSite
from tests.mog_package import packages
from tests.mog_package.hostile_archives import lines
from tests.workers import Workers

pytestmark = pytest.mark.processes

_ROOT = Path(__file__).resolve().parents[2]
_MB = 1024 * 1024
_RELEASES = 3
# A lease of 20 s, a sweep every 30 s, and the scans themselves.
_DONE_SECONDS = 120


def _canonical(number: int) -> bytes:
    """Return the canonical archive of a package of some megabytes."""
    contents = packages.files() | {f"content/{number}.md": lines(6 * _MB)}
    package = validate(open_archive(packages.zipped(contents)))
    archive = io.BytesIO()
    write_canonical(package, archive)
    return archive.getvalue()


@pytest.fixture
def published(live: LiveSite) -> list[Release]:
    """Releases on the shelf whose rules are of long ago, with their bytes."""
    made = []
    for number in range(_RELEASES):
        data = _canonical(number)
        sha256 = hashlib.sha256(data).hexdigest()
        live.files.save(f"artifacts/{sha256[:2]}/{sha256}.zip", ContentFile(data))
        release: Release = ReleaseFactory.create()
        ArtifactFactory.create(release=release, sha256=sha256, size_bytes=len(data))
        made.append(release)
    return made


def _walk() -> RescanCampaign:
    connection.close()  # what another process has committed since
    return RescanCampaign.objects.get()


def _is_under_way() -> bool:
    connection.close()
    walk = RescanCampaign.objects.first()
    return walk is not None and walk.scanned >= 1 and bool(walk.lease_token)


def test_a_killed_worker_delays_the_walk_only(
    live: LiveSite, workers: Workers, published: list[Release], tmp_path: Path
) -> None:
    said = tmp_path / "said.txt"
    with said.open("wb") as output:
        command = subprocess.Popen(
            [sys.executable, "manage.py", "rescan", "--wait"],
            cwd=_ROOT,
            env=os.environ | live.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert processes.becomes_true(_is_under_way, seconds=_DONE_SECONDS)
        workers.kill_worker()
        before = _walk()
        assert 1 <= before.scanned < _RELEASES
        assert before.finished_at is None
        workers.restart_worker()
        assert command.wait(_DONE_SECONDS) == 0
    finally:
        command.kill()
        command.wait()
    walk = _walk()
    assert (walk.total, walk.scanned, walk.inconclusive) == (_RELEASES, _RELEASES, 0)
    assert walk.cursor == published[-1].pk
    reports = Release.objects.values_list("report__ruleset", "state")
    assert set(reports) == {(ruleset.current().version, State.PUBLISHED)}
    assert said.read_text().splitlines()[-1].endswith("; done")
