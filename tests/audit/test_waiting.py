"""Who waits for whom on PostgreSQL: no writer for another writer, no writer for the sealer."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from audit.actions import Action
from audit.log import record
from audit.models import Event, Seal, Unsealed
from audit.sealer import seal
from audit.verify import verify
from audit.who import SYSTEM
from tests import databases

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

Write = Callable[..., list[Event]]

_SEAL_ONCE = """
import django
django.setup()
from django.utils import timezone
from audit.sealer import seal
seal(now=timezone.now())
"""


@pytest.fixture(autouse=True)
def _needs_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time by design")


@contextmanager
def open_transaction(act: Callable[[], object]) -> Iterator[None]:
    """Do something in another connection and hold its transaction open meanwhile."""
    done, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                go_on.wait(30)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert done.wait(10)
        yield
    finally:
        go_on.set()
        thread.join()


def write_without_waiting(now: datetime) -> None:
    """Write an event; fails at once where a lock would have to be waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        record(Action.TOKEN_ISSUED, by=SYSTEM, now=now, subject="credential:tok_1")


def test_a_writer_does_not_wait_for_a_writer(now: datetime) -> None:
    with open_transaction(lambda: record(Action.TOKEN_ISSUED, by=SYSTEM, now=now)):
        write_without_waiting(now)
    assert seal(now=now) == 2
    assert list(verify()) == []


def test_a_writer_does_not_wait_for_the_sealer(write: Write, now: datetime) -> None:
    write(3)
    with open_transaction(lambda: seal(now=now)):
        write_without_waiting(now)
    assert seal(now=now) == 1
    assert list(verify()) == []


def test_a_second_sealer_leaves_a_chain_that_is_being_sealed(write: Write, now: datetime) -> None:
    write(3)
    with open_transaction(lambda: seal(now=now)), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        assert seal(now=now) == 0
        cursor.execute("RESET lock_timeout")
    assert Seal.objects.count() == 3
    assert list(verify()) == []


@pytest.mark.processes
def test_a_sealer_killed_between_its_seals_and_its_commit_leaves_nothing_behind(
    write: Write, now: datetime, settings: Settings
) -> None:
    write(20)
    with transaction.atomic():
        # The sealer has inserted its seals when it comes to empty the queue, and stops there.
        assert len(Unsealed.objects.select_for_update()) == 20
        sealer = _start_sealer(settings)
        try:
            backend = _wait_for_a_backend_that_waits()
        finally:
            sealer.send_signal(signal.SIGKILL)
            sealer.wait()
    _wait_until_gone(backend)
    assert not Seal.objects.exists()
    assert seal(now=now) == 20
    assert list(verify()) == []


def _start_sealer(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mog_site.settings",
        "DATABASE_URL": databases.url(connection),
        "AUDIT_ANCHOR_DIR": str(settings.AUDIT_ANCHOR_DIR),
    }
    return subprocess.Popen([sys.executable, "-c", _SEAL_ONCE], env=environment)


def _wait_for_a_backend_that_waits() -> int:
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM \"audit_unsealed\"%%'",
                [],
            )
            if row := cursor.fetchone():
                return int(row[0])
            # The view is a snapshot for the length of a transaction unless told otherwise.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            time.sleep(0.02)
    raise AssertionError("the sealer never came to its queue")


def _wait_until_gone(backend: int) -> None:
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
            if cursor.fetchone() is None:
                return
            time.sleep(0.02)
    raise AssertionError("the killed sealer's backend is still there")
