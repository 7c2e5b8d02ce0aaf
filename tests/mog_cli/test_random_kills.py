"""`kill -9` at a hundred random moments: the old state or the new one, and never a third."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mog_cli import snapshots
from tests.mog_cli.conftest import mog_environment
from tests.mog_cli.marketplace import Marketplace

pytestmark = pytest.mark.processes

_KILLS = 100

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


def _install(project: Path, version: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "mog_cli", "install", "--yes", f"acme/pdf-tools@{version}"],
        cwd=project,
        env=mog_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_hundred_random_kills(
    tmp_path: Path, market: Marketplace, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    (project / ".claude").mkdir(parents=True)
    monkeypatch.chdir(project)
    market.put(content={"content/old.md": b"old\n"})
    market.put(version="2.0.0", content={"content/new.md": b"new\n"})
    states, seconds = {}, {}
    for version in ("1.0.0", "2.0.0"):
        begun = time.monotonic()
        assert _install(project, version).wait(60) == 0
        seconds[version] = time.monotonic() - begun
        states[version] = snapshots.of(project)
    source = random.Random(100)
    for number in range(_KILLS):
        version = "1.0.0" if number % 2 else "2.0.0"
        process = _install(project, version)
        # The later part of a run is where things are written.
        time.sleep(seconds[version] * source.uniform(0.4, 1.05))
        process.kill()
        process.wait(10)
        assert run_json("list")[0] == 0, number
        assert run_json("verify")[0] == 0, number
        assert snapshots.of(project) in states.values(), number
    assert _install(project, "2.0.0").wait(60) == 0
    assert snapshots.of(project) == states["2.0.0"]
    assert snapshots.leftovers(project) == []
