"""`kill -9` in the middle of a scan: the release ends accepted or held, and is never lost.

The package is large enough that its scan takes seconds, so that there is a middle.
"""

import os
import signal
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from releases.models import Artifact, Release
from releases.states import State
from tests import processes
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import VendorFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.mog_package import packages
from tests.mog_package.forger import DEFLATED, Forger
from tests.mog_package.hostile_archives import lines
from tests.workers import Workers

pytestmark = pytest.mark.processes

_MB = 1024 * 1024
# A lease of 20 s, a sweep every 10 s, and the scan itself, on a computer that does other things.
_DECIDED_SECONDS = 180


def _large_package() -> bytes:
    """Return one that takes a fifth of the time a scan has: others want the processors, too."""
    forger = Forger()
    text = lines(5 * _MB)
    contents = packages.files() | {f"content/{number}.md": text for number in range(8)}
    for path, data in contents.items():
        forger.add(path, data, method=DEFLATED)
    return forger.bytes()


def _await_child(workers: Workers, program: str) -> int:
    """Wait for a sandboxed child of these workers, not of another test's, that runs a program."""
    seen: list[int] = []

    def is_there() -> bool:
        for process_id in processes.descend_from(workers.worker.pid):
            if processes.name_of(process_id) == f"mog-{program}":
                seen.append(process_id)
        return bool(seen)

    assert processes.becomes_true(is_there)
    return seen[0]


def _state() -> str:
    connection.close()  # what another process has committed since
    return Release.objects.values_list("state", flat=True).get()


def _problem() -> str:
    return Release.objects.values_list("problem", flat=True).get()


@pytest.fixture
def uploaded(live: LiveSite, workers: Workers, alice: User, tmp_path: Path) -> Release:
    """A large package on its way to be published, whose scan has begun."""
    VendorFactory.create(slug="acme", user=alice)
    laptop = Laptop(tmp_path / "seller", live.base_url)
    laptop.use_token(Bearer(alice, SELLER).plaintext)
    archive = laptop.project / "large.zip"
    archive.write_bytes(_large_package())
    exit_code, answer = laptop.mog("publish", str(archive), "--publish")
    assert exit_code == 0, answer
    assert processes.becomes_true(lambda: _state() == State.SCANNING, seconds=_DECIDED_SECONDS)
    return Release.objects.get()


@pytest.mark.parametrize("program", ["repack", "judge"])
def test_a_killed_child_holds_the_release(
    uploaded: Release, workers: Workers, program: str
) -> None:
    victim = _await_child(workers, program)
    os.kill(victim, signal.SIGKILL)
    assert processes.becomes_true(lambda: _state() == State.HELD, seconds=_DECIDED_SECONDS)
    assert _problem() == "scan_incomplete"
    assert not Artifact.objects.exists()


def test_a_killed_worker_delays_the_release_only(uploaded: Release, workers: Workers) -> None:
    child = _await_child(workers, "judge")
    workers.kill_worker()
    assert processes.becomes_true(lambda: not processes.command_of(child))
    assert _state() == State.SCANNING
    workers.restart_worker()
    assert processes.becomes_true(lambda: _state() != State.SCANNING, seconds=_DECIDED_SECONDS)
    assert processes.becomes_true(lambda: _state() == State.PUBLISHED), _problem()
    assert Artifact.objects.count() == 1
    assert Release.objects.get().attempts == 2
