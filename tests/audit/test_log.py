"""Writing an event."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from audit import macs
from audit.actions import Action, RetentionClass
from audit.log import record
from audit.models import Event, PersonalData, Unsealed
from audit.who import SYSTEM, ActorKind, Origin, Who
from tests.audit.conftest import ALICE

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_an_event_without_its_changes_transaction_is_refused(now: datetime) -> None:
    with pytest.raises(TransactionManagementError):
        record(Action.TOKEN_ISSUED, by=SYSTEM, now=now)


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_when_its_change_is_rolled_back(now: datetime) -> None:
    with transaction.atomic():
        record(Action.TOKEN_ISSUED, by=ALICE, now=now)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Unsealed.objects.exists()


def test_an_event_says_who_did_what_to_whom(now: datetime) -> None:
    record(
        Action.TOKEN_ISSUED, by=ALICE, now=now, subject="credential:tok_1", data={"b": 1, "a": 2}
    )
    event = Event.objects.get()
    assert (event.action, event.actor_kind, event.actor_id) == ("token.issued", "user", "usr_alice")
    assert (event.credential_id, event.subject, event.request_id) == (
        "tok_alice",
        "credential:tok_1",
        "req-1",
    )
    assert event.at == now
    assert event.data == '{"a":2,"b":1}'
    assert event.chain == RetentionClass.SECURITY


def test_the_mac_survives_the_way_through_the_database(now: datetime) -> None:
    record(
        Action.TOKEN_ISSUED, by=ALICE, now=now, data={"text": "Grüße \U0001f600", "list": [1, None]}
    )
    event = Event.objects.get()
    assert event.mac == macs.of_event(event)


@pytest.mark.parametrize(
    "column",
    [
        "action",
        "actor_id",
        "actor_kind",
        "chain",
        "credential_id",
        "data",
        "organization_id",
        "request_id",
        "subject",
        "uid",
    ],
)
def test_the_mac_covers_every_column(now: datetime, column: str) -> None:
    event = record(Action.TOKEN_ISSUED, by=ALICE, now=now)
    setattr(event, column, "other")
    assert event.mac != macs.of_event(event)


def test_personal_data_stands_beside_the_event(now: datetime) -> None:
    record(Action.TOKEN_ISSUED, by=ALICE, now=now, name="Alice", email="alice@example.com")
    event, personal = Event.objects.get(), PersonalData.objects.get()
    assert personal.event_uid == event.uid
    assert (personal.user_id, personal.ip, personal.user_agent) == (
        "usr_alice",
        "192.0.2.77",
        "Firefox",
    )
    assert (personal.name, personal.email) == ("Alice", "alice@example.com")
    written = json.dumps(
        {field.name: str(getattr(event, field.name)) for field in Event._meta.fields}
    )
    assert not any(text in written for text in ("192.0.2.77", "Firefox", "alice@example.com"))


def test_an_actor_without_personal_data_leaves_no_such_row(now: datetime) -> None:
    record(Action.TOKEN_ISSUED, by=SYSTEM, now=now)
    assert not PersonalData.objects.exists()


def test_an_event_costs_two_inserts(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        record(Action.TOKEN_ISSUED, by=ALICE, now=now)


def test_every_event_waits_for_the_sealer(now: datetime) -> None:
    event = record(Action.TOKEN_ISSUED, by=SYSTEM, now=now)
    assert Unsealed.objects.get().event_id == event.pk


def test_an_action_that_is_no_tag_is_refused_by_the_database(
    write: Callable[..., list[Event]],
) -> None:
    (event,) = write(1)
    event.pk, event.uid, event.action = None, "other", "Not A Tag"
    with pytest.raises(IntegrityError, match="audit_event_action_shape"), transaction.atomic():
        event.save(force_insert=True)


def test_an_unknown_actor_kind_is_refused_by_the_database(now: datetime) -> None:
    event = record(Action.TOKEN_ISSUED, by=Who(kind=ActorKind.USER), now=now)
    event.pk, event.uid, event.actor_kind = None, "other", "robot"
    with pytest.raises(IntegrityError, match="audit_event_actor_kind_known"), transaction.atomic():
        event.save(force_insert=True)


def test_a_person_sees_their_own_events_newest_first(
    write: Callable[..., list[Event]], now: datetime
) -> None:
    events = write(3)
    record(Action.TOKEN_ISSUED, by=SYSTEM, now=now)
    assert list(Event.objects.security_events_of("usr_alice")) == events[::-1]


def test_a_person_sees_what_staff_did_to_their_account(now: datetime) -> None:
    staff = Who(kind=ActorKind.STAFF, user_id="usr_staff")
    event = record(Action.TOKEN_REVOKED, by=staff, now=now, subject="user:usr_alice")
    assert list(Event.objects.security_events_of("usr_alice")) == [event]
    assert list(Event.objects.security_events_of("usr_bob")) == []


HOSTILE = "a\0b\ud800c\udfff\U0001f600" + "x" * 400


def test_text_that_no_database_keeps_fails_nothing(now: datetime) -> None:
    origin = Origin(request_id=HOSTILE, ip=HOSTILE, user_agent=HOSTILE)
    by = Who(kind=ActorKind.USER, user_id="usr_alice", origin=origin)
    facts = {HOSTILE: [HOSTILE, {"deep": HOSTILE}], "number": 1}
    record(
        Action.TOKEN_ISSUED,
        by=by,
        now=now,
        subject=HOSTILE,
        data=facts,
        name=HOSTILE,
        email=HOSTILE,
    )
    event, personal = Event.objects.get(), PersonalData.objects.get()
    assert event.mac == macs.of_event(event)
    assert personal.user_agent.startswith("a\ufffdb\ufffdc\ufffd\U0001f600xx")
    assert len(personal.user_agent) == 300
    assert (len(event.subject), len(personal.name), len(personal.ip)) == (80, 80, 45)


def test_the_same_text_is_always_stored_the_same_way(now: datetime) -> None:
    for _ in range(2):
        record(Action.TOKEN_ISSUED, by=SYSTEM, now=now, data={"text": HOSTILE})
    one, other = Event.objects.all()
    assert one.data == other.data
