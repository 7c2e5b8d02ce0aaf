"""What the database itself refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Event, Seal, Tombstone
from tests import databases

pytestmark = pytest.mark.django_db

_TABLES = ["audit_event", "audit_seal"]


@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET mac = mac", "DELETE FROM {}"])
def test_the_database_refuses_a_change(sealed: list[Event], table: str, change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_the_orm_gets_no_further(sealed: list[Event]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(subject="")
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.all().delete()


def test_append_only_models_are_known_as_such() -> None:
    assert databases.append_only_tables() == [
        *("audit_event", "audit_seal", "audit_tombstone"),
        "payments_posting",
        "payments_refund",
        *("releases_artifact", "releases_handovernotice", "releases_revocationnotice"),
        "releases_transition",
        *("scanning_finding", "scanning_report"),
    ]
    assert Tombstone.owner_only


def test_a_place_in_a_chain_is_taken_once(sealed: list[Event]) -> None:
    seal = Seal.objects.get(sequence=1)
    seal.pk, seal.event_uid = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.save(force_insert=True)
