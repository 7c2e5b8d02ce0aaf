"""Background work: the list of task modules, the schedule, a real worker on a real broker."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from celery.schedules import crontab
from django.db import connections, transaction

from audit.actions import Action
from audit.log import record
from audit.models import Seal
from audit.who import SYSTEM
from mog_site import celery
from tests import databases, processes

_ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("accounts", "audit", "catalog", "mog_site", "payments", "releases", "scanning")
Worker = subprocess.Popen[bytes]


def modules_with_tasks() -> set[str]:
    """Return every module of ours that declares a task, found in its source."""
    files = (file for room in _ROOMS for file in (_ROOT / room).rglob("*.py"))
    return {
        ".".join(file.relative_to(_ROOT).with_suffix("").parts)
        for file in files
        if any(
            isinstance(node, ast.Name | ast.Attribute)
            and "shared_task" in (getattr(node, "id", ""), getattr(node, "attr", ""))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        )
    }


@pytest.fixture
def start_worker(tmp_path: Path, transactional_db: None) -> Iterator[Callable[[str], Worker]]:
    """Start workers on the test's own database; none is left afterwards."""
    started: list[Worker] = []

    def start(queue: str) -> Worker:
        command = [sys.executable, "-m", "celery", "--app", "mog_site", "worker"]
        command += ["--concurrency", "1", "--queues", queue, "--hostname", f"{uuid4().hex}@test"]
        environment = {"DATABASE_URL": databases.url(connections["default"])}
        environment |= {"DJANGO_SETTINGS_MODULE": "mog_site.settings"}
        with (tmp_path / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                command, cwd=_ROOT, env=os.environ | environment, stdout=log, stderr=log
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        with ended(worker):
            worker.terminate()


@contextmanager
def ended(worker: Worker) -> Iterator[None]:
    """Reap a worker after the body; one that hangs is killed and fails the test."""
    yield
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
        raise


@pytest.fixture
def queue() -> str:
    """A queue of the test's own: others share the broker."""
    return f"test-{uuid4().hex}"


@transaction.atomic
def something_happened(now: datetime) -> str:
    """Write an event that waits for its seal; return its uid."""
    return record(Action.ACCOUNT_CREATED, by=SYSTEM, now=now).uid


def is_sealed(uid: str) -> bool:
    """Answer whether a worker has sealed the event."""
    return Seal.objects.filter(event_uid=uid).exists()


def test_every_module_with_a_task_is_listed() -> None:
    assert modules_with_tasks() == set(celery.TASK_MODULES)


def test_every_scheduled_task_is_registered() -> None:
    celery.app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in celery.BEAT_SCHEDULE.values()}
    assert scheduled <= set(celery.app.tasks)


def test_a_sweep_that_waited_too_long_lapses() -> None:
    entry = celery.every(timedelta(seconds=30), "audit.seal")
    assert entry["options"]["expires"] == entry["schedule"].total_seconds()


def test_daily_work_runs_at_a_fixed_hour_of_utc() -> None:
    assert celery.daily("audit.purge", hour=4)["schedule"] == crontab(hour="4", minute="0")
    assert str(celery.app.timezone) == "UTC"


def test_only_json_is_accepted() -> None:
    assert celery.app.conf.accept_content == ["json"]


def test_a_message_comes_back_only_after_its_task_must_have_ended() -> None:
    options = celery.app.conf.broker_transport_options
    limit = celery.app.conf.task_time_limit
    assert options.get("visibility_timeout", limit + 1) > limit


@pytest.mark.processes
def test_a_task_goes_through_the_broker_to_a_worker(
    start_worker: Callable[[str], Worker], queue: str, now: datetime
) -> None:
    uid = something_happened(now)
    start_worker(queue)
    celery.app.send_task("audit.seal", queue=queue)
    assert processes.becomes_true(lambda: is_sealed(uid), seconds=30)


@pytest.mark.processes
def test_waiting_messages_outlive_a_killed_worker(
    start_worker: Callable[[str], Worker], queue: str, now: datetime
) -> None:
    first = start_worker(queue)
    assert processes.becomes_true(lambda: processes.children_of(first.pid), seconds=30)
    first.send_signal(signal.SIGSTOP)
    uid = something_happened(now)
    celery.app.send_task("audit.seal", queue=queue)
    first.kill()
    first.wait()
    assert not is_sealed(uid)
    start_worker(queue)
    assert processes.becomes_true(lambda: is_sealed(uid), seconds=30)


@pytest.mark.processes
def test_a_killed_worker_leaves_no_children(
    start_worker: Callable[[str], Worker], queue: str
) -> None:
    worker = start_worker(queue)
    assert processes.becomes_true(lambda: processes.children_of(worker.pid), seconds=30)
    celery.app.send_task("audit.seal", queue=queue)
    pool = processes.children_of(worker.pid)
    worker.kill()
    worker.wait()
    assert processes.becomes_true(lambda: not any(map(processes.command_of, pool)), seconds=5)


def test_sites_that_share_a_redis_share_no_work() -> None:
    assert celery.app.conf.task_default_queue == os.environ["CACHE_PREFIX"] != "mog"
