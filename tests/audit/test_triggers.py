"""What the triggers refuse to the owner himself, whom no missing grant stops."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from audit.actions import RetentionClass
from audit.models import Event
from audit.retention import database, purge
from audit.sealer import seal
from tests.audit import attacker

pytestmark = pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)

_TABLES = ["audit_event", "audit_seal", "audit_tombstone"]


@pytest.fixture
def everywhere(write: Callable[..., list[Event]], now: datetime) -> list[Event]:
    """Rows in every append-only table: two events purged, two sealed."""
    long_ago = now - timedelta(days=400)
    write(2, at=long_ago)
    seal(now=long_ago)
    events = write(2)
    seal(now=now)
    assert purge(RetentionClass.SECURITY, now=now) == 2
    return events


def as_owner(statement: str, parameters: list[Any] | None = None) -> None:
    using = database()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", _TABLES)
def test_the_owner_cannot_update(everywhere: list[Event], table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        as_owner(f"UPDATE {table} SET mac = mac")


@pytest.mark.parametrize("table", _TABLES)
def test_the_owner_cannot_delete(everywhere: list[Event], table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        as_owner(f"DELETE FROM {table}")


@pytest.mark.postgres
@pytest.mark.parametrize("table", _TABLES)
def test_the_owner_cannot_truncate(everywhere: list[Event], table: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        as_owner(f"TRUNCATE {table}")


def test_a_replacing_insert_is_a_delete_too(everywhere: list[Event]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows on insert")
    with pytest.raises(IntegrityError, match="audit_event is append-only"):
        as_owner(
            "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE uid = %s",
            [everywhere[0].uid],
        )


def test_an_upsert_is_an_update_too(everywhere: list[Event]) -> None:
    columns = ", ".join(field.attname for field in Event._meta.concrete_fields)
    with pytest.raises(IntegrityError, match="audit_event is append-only"):
        as_owner(
            f"INSERT INTO audit_event ({columns}) SELECT {columns} FROM audit_event WHERE uid = %s "
            "ON CONFLICT (uid) DO UPDATE SET subject = ''",
            [everywhere[0].uid],
        )


def test_a_tombstone_lets_go_only_what_it_covers(everywhere: list[Event]) -> None:
    with pytest.raises(IntegrityError, match="audit_seal is append-only"):
        as_owner("DELETE FROM audit_seal WHERE sequence = 3")
    with pytest.raises(IntegrityError, match="audit_event is append-only"):
        as_owner("DELETE FROM audit_event WHERE uid = %s", [everywhere[0].uid])
