"""Celery's worker and beat as processes beside the live site."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live import LiveSite

_ROOT = Path(__file__).resolve().parent.parent
_CELERY = (sys.executable, "-m", "celery", "--app", "mog_site", "--quiet")
_LONE = ("--without-gossip", "--without-heartbeat", "--without-mingle", "--loglevel", "WARNING")


@dataclass
class Workers:
    """A worker with two children, and beat."""

    site: LiveSite
    folder: Path
    worker: subprocess.Popen[bytes]
    beat: subprocess.Popen[bytes]

    def kill_worker(self) -> None:
        """End the worker at once, as a power failure would: no child of it is left behind."""
        self.worker.kill()
        self.worker.wait(10)

    def restart_worker(self) -> None:
        """Start another in its place."""
        self.worker = worker_of(self.site, self.folder)


@pytest.fixture
def workers(live: LiveSite, tmp_path: Path) -> Iterator[Workers]:
    """Run both for one test."""
    folder = tmp_path / "workers"
    folder.mkdir()
    running = Workers(live, folder, worker_of(live, folder), _beat(live, folder))
    try:
        yield running
    finally:
        stop(running.beat)
        stop(running.worker)


def worker_of(site: LiveSite, folder: Path) -> subprocess.Popen[bytes]:
    return _start(site, folder, "worker", "--concurrency", "2", *_LONE)


def _beat(site: LiveSite, folder: Path) -> subprocess.Popen[bytes]:
    schedule = str(folder / "schedule")
    return _start(site, folder, "beat", "--loglevel", "WARNING", "--schedule", schedule)


def _start(site: LiveSite, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    quiet = {"PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [*_CELERY, *arguments],
            cwd=_ROOT,
            env=os.environ | site.environment | quiet,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
