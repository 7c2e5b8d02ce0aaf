"""Purging what was kept long enough."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from audit.actions import RetentionClass
from audit.models import Event, PersonalData, Seal, Tombstone
from audit.retention import count_due, database, purge
from audit.sealer import seal
from audit.verify import verify
from tests.audit import attacker

pytestmark = pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)

Write = Callable[..., list[Event]]
YEAR = timedelta(days=365)
SECURITY = RetentionClass.SECURITY


@pytest.fixture
def old_and_new(write: Write, now: datetime) -> tuple[list[Event], list[Event]]:
    """Six events past their year and four young ones, all sealed."""
    long_ago = now - YEAR - timedelta(days=1)
    old = write(6, at=long_ago)
    seal(now=long_ago)
    new = write(4)
    seal(now=now)
    return old, new


def test_only_what_is_past_its_retention_goes(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    _, new = old_and_new
    assert purge(SECURITY, now=now) == 6
    assert list(Event.objects.order_by("pk")) == new
    assert PersonalData.objects.count() == 4
    assert list(Seal.objects.order_by("sequence").values_list("sequence", flat=True)) == [
        7,
        8,
        9,
        10,
    ]


def test_a_tombstone_stands_where_the_stretch_was_and_the_chain_holds(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    purge(SECURITY, now=now)
    tombstone = Tombstone.objects.get()
    assert (tombstone.first_sequence, tombstone.last_sequence) == (1, 6)
    assert list(verify()) == []


def test_the_chain_goes_on_after_everything_was_purged(
    old_and_new: tuple[list[Event], list[Event]], write: Write, now: datetime
) -> None:
    assert purge(SECURITY, now=now + YEAR + timedelta(days=1)) == 10
    write(2)
    seal(now=now)
    assert list(Seal.objects.values_list("sequence", flat=True)) == [11, 12]
    assert list(verify()) == []


def test_a_second_purge_adds_its_own_tombstone(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    purge(SECURITY, now=now)
    purge(SECURITY, now=now + YEAR + timedelta(days=1))
    assert Tombstone.objects.count() == 2
    assert list(verify()) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_tombstone SET last_sequence = 7",
        "UPDATE audit_tombstone SET last_mac = first_previous_mac",
        "UPDATE audit_tombstone SET first_previous_mac = last_mac",
        "DELETE FROM audit_tombstone",
    ],
)
def test_a_changed_or_removed_tombstone_is_found(
    old_and_new: tuple[list[Event], list[Event]], now: datetime, change: str
) -> None:
    purge(SECURITY, now=now)
    with attacker.in_the_database() as cursor:
        cursor.execute(change)
    assert list(verify())


def test_a_forged_tombstone_cannot_hide_a_deletion(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "INSERT INTO audit_tombstone (chain, first_sequence, last_sequence,"
            " first_previous_mac, last_mac, purged_at, mac) SELECT chain, sequence, sequence,"
            " previous_mac, mac, sealed_at, mac FROM audit_seal WHERE sequence = 3"
        )
        cursor.execute(
            "DELETE FROM audit_event WHERE uid ="
            " (SELECT event_uid FROM audit_seal WHERE sequence = 3)"
        )
        cursor.execute("DELETE FROM audit_seal WHERE sequence = 3")
    assert [fault.what for fault in verify()] == [
        "the tombstone was changed or made by somebody else"
    ]


@pytest.mark.parametrize(
    "change",
    [
        # Young links made old would be destroyed under a signed tombstone.
        "UPDATE audit_seal SET sealed_at = '2020-01-01 00:00:00' WHERE sequence > 6",
        "UPDATE audit_seal SET previous_mac = mac WHERE sequence = 3",
        "UPDATE audit_event SET actor_id = 'usr_bob' WHERE id = (SELECT MIN(id) FROM audit_event)",
        "DELETE FROM audit_event WHERE id = (SELECT MIN(id) FROM audit_event)",
        "DELETE FROM audit_seal WHERE sequence = 1",
    ],
)
def test_what_does_not_hold_is_not_purged(
    old_and_new: tuple[list[Event], list[Event]],
    now: datetime,
    change: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(change)
    left = Event.objects.count()
    assert purge(SECURITY, now=now) == 0
    assert Event.objects.count() == left
    assert not Tombstone.objects.exists()
    assert [entry.message for entry in caplog.records if entry.levelname == "CRITICAL"] == [
        "a purge met what does not hold and left it"
    ]


def test_nothing_is_buried_behind_a_changed_tombstone(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    purge(SECURITY, now=now)
    with attacker.in_the_database() as cursor:
        cursor.execute("UPDATE audit_tombstone SET purged_at = '2020-01-01 00:00:00'")
    assert purge(SECURITY, now=now + YEAR + timedelta(days=1)) == 0


def test_an_event_no_tombstone_covers_cannot_be_deleted_even_by_the_purging_role(
    old_and_new: tuple[list[Event], list[Event]], now: datetime
) -> None:
    purge(SECURITY, now=now)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(using=database()),
        connections[database()].cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_event")


def test_money_is_kept_seven_years() -> None:
    assert RetentionClass.FINANCIAL.kept_for >= timedelta(days=7 * 365)


def test_the_command_counts_first_and_purges_then(write: Write, now: datetime) -> None:
    long_ago = now - 3 * YEAR
    write(6, at=long_ago)
    seal(now=long_ago)
    out = StringIO()
    call_command("purge_audit", "--dry-run", stdout=out)
    assert out.getvalue() == "security: 6 events\nfinancial: 0 events\n"
    assert Event.objects.count() == 6
    call_command("purge_audit", stdout=out)
    assert not Event.objects.exists()
    assert count_due(SECURITY, now=now) == 0
