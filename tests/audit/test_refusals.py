"""Refusals: recorded in their own transaction, one event per source and minute."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from audit.actions import Action
from audit.models import Event, PersonalData, RefusalTally
from audit.refusals import flush_refusals, record_refusal
from audit.who import ActorKind, Origin, Who

pytestmark = pytest.mark.django_db(transaction=True)

STRANGER = Who(kind=ActorKind.ANONYMOUS, origin=Origin(user_agent="curl"))
Refuse = Callable[..., None]


@pytest.fixture
def refuse(now: datetime) -> Refuse:
    def refuse(reason: str = "late", *, source: str = "192.0.2.1", at: datetime = now) -> None:
        record_refusal(
            Action.OAUTH_STATE_REFUSED, by=STRANGER, now=at, source=source, data={"reason": reason}
        )

    return refuse


def test_a_minute_of_refusals_becomes_one_event_with_its_count(
    refuse: Refuse, now: datetime
) -> None:
    for second in range(30):
        refuse(at=now + timedelta(seconds=second))
    assert flush_refusals(now=now + timedelta(minutes=1)) == 1
    event = Event.objects.get()
    assert (event.action, event.actor_kind) == ("oauth.state_refused", "anonymous")
    assert json.loads(event.data) == {
        "count": 30,
        "minute": "2026-06-01T12:00Z",
        "refusal": {"reason": "late"},
    }
    assert not RefusalTally.objects.exists()


def test_the_source_is_kept_as_personal_data_only(refuse: Refuse, now: datetime) -> None:
    refuse()
    flush_refusals(now=now + timedelta(minutes=1))
    assert "192.0.2.1" not in Event.objects.get().data
    assert PersonalData.objects.get().ip == "192.0.2.1"
    assert PersonalData.objects.get().user_agent == "curl"


@pytest.mark.parametrize(
    "other", [{"reason": "replayed"}, {"source": "192.0.2.2"}, {"at_minutes": 1}]
)
def test_another_kind_source_or_minute_is_another_event(
    refuse: Refuse, now: datetime, other: dict[str, object]
) -> None:
    minutes = other.pop("at_minutes", 0)
    refuse()
    refuse(**other, at=now + timedelta(minutes=float(str(minutes))))
    assert flush_refusals(now=now + timedelta(minutes=2)) == 2


def test_a_minute_that_still_runs_is_left_alone(refuse: Refuse, now: datetime) -> None:
    refuse()
    assert flush_refusals(now=now + timedelta(seconds=59)) == 0
    assert RefusalTally.objects.count() == 1


def test_a_refusal_inside_a_transaction_is_a_mistake(refuse: Refuse) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        refuse()
