"""A short trail to work on."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from audit.actions import Action
from audit.log import record
from audit.models import Event
from audit.sealer import seal
from audit.who import ActorKind, Origin, Who

ALICE = Who(
    kind=ActorKind.USER,
    user_id="usr_alice",
    credential_id="tok_alice",
    origin=Origin(request_id="req-1", ip="192.0.2.77", user_agent="Firefox"),
)


@pytest.fixture(autouse=True)
def _anchors_of_this_test(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"


@pytest.fixture
def write(now: datetime) -> Callable[..., list[Event]]:
    """Write events, one transaction each."""

    def write(count: int, *, at: datetime = now) -> list[Event]:
        events = []
        for number in range(count):
            with transaction.atomic():
                events.append(
                    record(
                        Action.TOKEN_ISSUED,
                        by=ALICE,
                        now=at,
                        subject=f"credential:tok_{number}",
                        data={"number": number},
                        name="Alice",
                        email="alice@example.com",
                    )
                )
        return events

    return write


@pytest.fixture
def sealed(write: Callable[..., list[Event]], now: datetime) -> list[Event]:
    """Ten sealed events."""
    events = write(10)
    assert seal(now=now) == 10
    return events
