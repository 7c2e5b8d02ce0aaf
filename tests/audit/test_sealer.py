"""Chaining events after commit."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from pytest_django import Settings

from audit import anchors, macs
from audit.actions import Action
from audit.log import record
from audit.models import Event, Seal, Unsealed
from audit.sealer import head, oldest_unsealed_age, seal
from audit.verify import verify
from audit.who import SYSTEM
from tests import databases
from tests.audit import attacker

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[..., list[Event]]

_SEAL_FOREVER = """
import django
django.setup()
from django.utils import timezone
from audit.sealer import seal
while True:
    seal(now=timezone.now(), batch=7)
"""


@pytest.fixture
def sealer_process(settings: Settings) -> Callable[[], "subprocess.Popen[bytes]"]:
    """Start a sealer in a process of its own, on the test database."""

    def start() -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mog_site.settings",
            "DATABASE_URL": databases.url(connection),
            "AUDIT_ANCHOR_DIR": str(settings.AUDIT_ANCHOR_DIR),
        }
        return subprocess.Popen([sys.executable, "-c", _SEAL_FOREVER], env=environment)

    return start


def wait_until_sealed(seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while Unsealed.objects.exists():
        assert time.monotonic() < deadline, "the sealers did not finish"
        time.sleep(0.02)


def test_events_get_gap_free_places_in_the_order_they_were_written(
    write: Write, now: datetime
) -> None:
    events = write(5)
    assert seal(now=now) == 5
    assert list(Seal.objects.order_by("sequence").values_list("sequence", "event_uid")) == [
        (number, event.uid) for number, event in enumerate(events, 1)
    ]
    assert not Unsealed.objects.exists()


def test_each_link_follows_the_one_before_it(sealed: list[Event]) -> None:
    previous = macs.GENESIS
    for link in Seal.objects.order_by("sequence"):
        assert link.previous_mac == previous
        previous = link.mac


def test_a_second_run_goes_on_where_the_first_ended(write: Write, now: datetime) -> None:
    write(3)
    seal(now=now)
    write(2)
    assert seal(now=now) == 2
    assert head("security")[0] == 5
    assert list(verify()) == []


def test_a_run_with_nothing_to_do_changes_nothing(sealed: list[Event], now: datetime) -> None:
    assert seal(now=now) == 0
    assert Seal.objects.count() == 10


def test_small_batches_make_one_chain(write: Write, now: datetime) -> None:
    write(10)
    assert seal(now=now, batch=3) == 10
    assert list(verify()) == []


def test_a_process_without_the_key_cannot_seal(
    write: Write, now: datetime, settings: Settings
) -> None:
    write(1)
    settings.AUDIT_SEAL_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="AUDIT_SEAL_KEY"):
        seal(now=now)
    assert not Seal.objects.exists()


def test_events_that_wait_too_long_raise_the_alarm(
    write: Write, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    write(1)
    assert oldest_unsealed_age(now=now + timedelta(seconds=6)) == timedelta(seconds=6)
    with caplog.at_level(logging.ERROR, "audit.sealer"):
        seal(now=now + timedelta(seconds=6))
    assert [entry.message for entry in caplog.records] == ["events wait unsealed"]


def test_events_that_wait_briefly_raise_no_alarm(
    write: Write, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    write(1)
    with caplog.at_level(logging.ERROR, "audit.sealer"):
        seal(now=now + timedelta(seconds=5))
    assert not caplog.records
    assert oldest_unsealed_age(now=now) == timedelta()


@pytest.mark.postgres
def test_a_transaction_that_commits_late_is_sealed(write: Write, now: datetime) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing commits late")
    written, go_on = threading.Event(), threading.Event()

    def commit_late() -> None:
        with transaction.atomic():
            record(Action.TOKEN_ISSUED, by=SYSTEM, now=now, subject="credential:late")
            written.set()
            go_on.wait(10)
        connections["default"].close()

    late = threading.Thread(target=commit_late)
    late.start()
    assert written.wait(10)
    write(3)  # higher ids, committed first
    assert seal(now=now) == 3
    go_on.set()
    late.join()
    assert seal(now=now) == 1
    assert list(verify()) == []


@pytest.mark.processes
def test_four_sealers_at_once_make_one_chain(
    write: Write, sealer_process: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    sealers = [sealer_process() for _ in range(4)]
    try:
        for _ in range(10):
            write(20)
        wait_until_sealed()
    finally:
        for process in sealers:
            process.kill()
            process.wait()
    assert Seal.objects.count() == 200
    assert list(verify()) == []


@pytest.mark.processes
def test_a_walk_beside_a_sealer_at_work_finds_no_fault(
    write: Write, sealer_process: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    sealer = sealer_process()
    try:
        for _ in range(20):
            write(10)
            assert list(verify()) == []
        wait_until_sealed()
    finally:
        sealer.kill()
        sealer.wait()
    assert list(verify()) == []


@pytest.mark.processes
def test_a_sealer_killed_at_any_moment_leaves_a_whole_chain(
    write: Write, sealer_process: Callable[[], "subprocess.Popen[bytes]"], now: datetime
) -> None:
    write(200)
    for _ in range(3):
        process = sealer_process()
        before = Seal.objects.count()
        deadline = time.monotonic() + 30
        while Seal.objects.count() == before and Unsealed.objects.exists():
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGKILL)
        process.wait()
    seal(now=now)
    assert Seal.objects.count() == 200
    assert list(verify()) == []


def test_the_head_is_kept_outside_the_database_for_now_and_for_the_day(
    sealed: list[Event], settings: Settings
) -> None:
    names = sorted(path.name for path in Path(settings.AUDIT_ANCHOR_DIR).glob("*.json"))
    assert names == ["security-2026-06-01.json", "security.json"]


def alarms(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return what the sealer has rung about, and why."""
    critical = [entry for entry in caplog.records if entry.levelno == logging.CRITICAL]
    return [(entry.message, getattr(entry, "reason", "")) for entry in critical]


@pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)
def test_a_cut_tail_is_not_grown_over(
    sealed: list[Event], write: Write, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[9].uid])
        cursor.execute("DELETE FROM audit_seal WHERE sequence = 10")
    write(2)
    assert seal(now=now) == 0
    expected = "it lacks link 10, which its anchor shows"
    assert alarms(caplog) == [("a chain is not continued", expected)]
    assert any("the tail is missing" in fault.what for fault in verify())


@pytest.mark.parametrize("damage", ["remove", "edit"])
def test_a_chain_without_its_anchor_is_not_continued(
    sealed: list[Event],
    write: Write,
    now: datetime,
    damage: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = Path(settings.AUDIT_ANCHOR_DIR) / "security.json"
    if damage == "remove":
        path.unlink()
    else:
        path.write_text(path.read_text().replace('"sequence": 10', '"sequence": 9'))
    write(1)
    assert seal(now=now) == 0
    assert [message for message, _ in alarms(caplog)] == ["a chain is not continued"]


def test_one_broken_chain_does_not_stop_the_other(
    sealed: list[Event], write: Write, now: datetime, settings: Settings
) -> None:
    (Path(settings.AUDIT_ANCHOR_DIR) / "financial.json").write_text("{}")
    write(1)
    assert seal(now=now) == 1


def test_a_sealer_that_died_before_its_anchor_is_caught_up_with(
    write: Write, now: datetime, settings: Settings
) -> None:
    write(3)
    seal(now=now)
    path = Path(settings.AUDIT_ANCHOR_DIR) / "security.json"
    behind = path.read_bytes()
    write(2)
    tomorrow = now + timedelta(days=1)
    seal(now=tomorrow)
    # As if the last sealer had died between its commit and its anchors.
    path.write_bytes(behind)
    path.with_name("security-2026-06-02.json").unlink()
    write(1)
    assert seal(now=now + timedelta(days=2)) == 1
    assert path.with_name("security-2026-06-02.json").exists()
    assert list(verify()) == []


def test_a_slower_sealer_does_not_put_an_older_head_back(
    sealed: list[Event], now: datetime
) -> None:
    anchors.write(chain="security", sequence=4, mac="0" * 64, at=now)
    kept = anchors.current("security")
    assert kept
    assert kept.sequence == 10


@pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)
def test_what_cannot_be_sealed_does_not_stop_the_rest(
    sealed: list[Event], write: Write, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with attacker.in_the_database() as cursor:
        for event_id in (*range(-5, 0), sealed[0].pk):
            cursor.execute(
                "INSERT INTO audit_unsealed (event_id, chain, at, is_set_aside)"
                " VALUES (%s, 'security', %s, %s)",
                [event_id, now, False],
            )
    write(3)
    assert seal(now=now, batch=2) == 3
    assert Unsealed.objects.filter(is_set_aside=True).count() == 6
    assert {message for message, _ in alarms(caplog)} == {
        "the queue holds what nobody wrote or what is sealed"
    }
    assert len(list(verify())) == 6


@pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)
def test_an_event_queued_for_another_chain_is_sealed_in_neither(
    write: Write, now: datetime
) -> None:
    (event,) = write(1)
    with attacker.in_the_database() as cursor:
        cursor.execute("UPDATE audit_unsealed SET chain = 'financial'")
    assert seal(now=now) == 0
    assert [fault.what for fault in verify()] == [f"event {event.uid} is queued for another chain"]
