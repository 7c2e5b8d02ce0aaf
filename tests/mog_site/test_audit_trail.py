"""A person's own security events."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit.actions import Action
from audit.log import record
from audit.who import ActorKind, Origin, Who
from mog_site.pages.audit_trail import _SENTENCES, PAGE_SIZE
from tests.signed_in import FIREFOX, sign_in

pytestmark = pytest.mark.django_db
ACTIVITY = "/settings/activity"


def happen(user: User, *, now: datetime, times: int = 1) -> None:
    """Put token events of a user into the trail."""
    origin = Origin(ip="198.51.100.9", user_agent=FIREFOX)
    who = Who(kind=ActorKind.USER, user_id=user.public_id, origin=origin)
    with transaction.atomic():
        for number in range(times):
            record(Action.TOKEN_ISSUED, by=who, now=now + timedelta(seconds=number))


def test_a_person_sees_what_happened_and_from_where(
    client: Client, alice: User, now: datetime
) -> None:
    happen(alice, now=now)
    sign_in(client, alice)
    rows = client.get(ACTIVITY).context["events"]
    assert [row.sentence for row in rows] == ["Signed in", "Token created"]
    assert (rows[1].ip, rows[1].browser) == ("198.51.100.9", "Firefox on Linux")


def test_a_stranger_sees_nothing_of_it(
    client: Client, alice: User, charlie: User, now: datetime
) -> None:
    happen(alice, now=now)
    sign_in(client, charlie)
    assert [row.sentence for row in client.get(ACTIVITY).context["events"]] == ["Signed in"]


def test_a_person_sees_that_staff_acted_but_not_from_where(
    client: Client, alice: User, now: datetime
) -> None:
    origin = Origin(ip="203.0.113.5", user_agent=FIREFOX)
    staff = Who(kind=ActorKind.STAFF, user_id="usr_staff", origin=origin)
    with transaction.atomic():
        subject = f"user:{alice.public_id}"
        record(Action.TOKEN_REVOKED, by=staff, now=now, subject=subject)
    sign_in(client, alice)
    rows = client.get(ACTIVITY).context["events"]
    assert [(row.sentence, row.ip, row.browser) for row in rows[1:]] == [("Token revoked", "", "")]


def test_older_events_are_a_page_further(client: Client, alice: User, now: datetime) -> None:
    happen(alice, now=now, times=PAGE_SIZE + 5)
    sign_in(client, alice)
    first = client.get(ACTIVITY).context
    assert len(first["events"]) == PAGE_SIZE
    second = client.get(f"{ACTIVITY}?before={first['next_before']}").context
    assert (len(second["events"]), second["next_before"]) == (6, "")


def test_the_page_costs_the_same_for_many_events(
    client: Client, alice: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    happen(alice, now=now, times=PAGE_SIZE + 5)
    sign_in(client, alice)
    with django_assert_num_queries(4):  # session, actor, events, who and where
        client.get(ACTIVITY)


def test_every_action_has_a_sentence() -> None:
    technical = {action for action in Action if action.name.endswith(("PURGED", "ERASED"))}
    assert set(Action) - technical == set(_SENTENCES)
