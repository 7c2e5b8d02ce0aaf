"""Authenticator apps: set up once, each code taken once, secrets unreadable at rest."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.db import connection, connections

from accounts.errors import StaleForm, StepUpRequired, WrongCode
from accounts.models import Credential, User, WebSession
from accounts.second_factors import authenticator_app, owned
from accounts.second_factors.authenticator_app import Outcome
from audit.actions import Action
from audit.models import Event
from tests.factories.accounts import CredentialFactory
from tests.second_factors import SECRET, code_at, give_app, proven, set_up_app

# RFC 6238 appendix B, SHA-1: the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(
    alice: User, now: datetime, seconds: int, code: str
) -> None:
    give_app(alice, secret=RFC_SECRET)
    moment = datetime.fromtimestamp(seconds, tz=now.tzinfo)
    assert authenticator_app.check(code, user=alice, now=moment) is Outcome.ACCEPTED


def test_setting_one_up_turns_two_step_verification_on(alice: User, now: datetime) -> None:
    assert not owned.has_second_factor(alice)
    codes = set_up_app(alice, now=now)
    assert owned.has_second_factor(alice)
    assert len(codes) == len(set(codes)) == 10


def test_setting_one_up_needs_a_recent_proof_of_identity(alice: User, now: datetime) -> None:
    by = replace(proven(alice), stepped_up=False)
    with pytest.raises(StepUpRequired):
        authenticator_app.add(SECRET, code_at(now), by=by, now=now)
    assert not owned.has_second_factor(alice)


def test_a_wrong_code_sets_nothing_up(alice: User, now: datetime) -> None:
    with pytest.raises(WrongCode):
        authenticator_app.add(SECRET, code_at(now, steps=9), by=proven(alice), now=now)
    assert not Authenticator.objects.exists()


def test_a_second_app_does_not_replace_the_first(alice: User, now: datetime) -> None:
    set_up_app(alice, now=now)
    with pytest.raises(StaleForm):
        authenticator_app.add(
            RFC_SECRET, code_at(now, secret=RFC_SECRET), by=proven(alice), now=now
        )
    later = now + timedelta(minutes=1)
    assert authenticator_app.check(code_at(later), user=alice, now=later) is Outcome.ACCEPTED


def test_the_code_of_the_set_up_opens_nothing_later(alice: User, now: datetime) -> None:
    set_up_app(alice, now=now)
    assert authenticator_app.check(code_at(now), user=alice, now=now) is Outcome.REPLAYED


def test_a_code_is_taken_once(alice: User, now: datetime) -> None:
    give_app(alice)
    assert authenticator_app.check(code_at(now), user=alice, now=now) is Outcome.ACCEPTED
    assert authenticator_app.check(code_at(now), user=alice, now=now) is Outcome.REPLAYED


def test_a_code_before_one_that_was_taken_is_refused(alice: User, now: datetime) -> None:
    give_app(alice)
    authenticator_app.check(code_at(now), user=alice, now=now)
    earlier = code_at(now, steps=-1)
    assert authenticator_app.check(earlier, user=alice, now=now) is Outcome.REPLAYED


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        (-2, Outcome.WRONG),
        (-1, Outcome.ACCEPTED),
        (1, Outcome.ACCEPTED),
        (2, Outcome.WRONG),
    ],
)
def test_a_clock_may_be_one_step_off(
    alice: User, now: datetime, steps: int, outcome: Outcome
) -> None:
    give_app(alice)
    code = code_at(now, steps=steps)
    assert authenticator_app.check(code, user=alice, now=now) is outcome


def test_a_code_opens_no_other_account(alice: User, bob: User, now: datetime) -> None:
    give_app(alice)
    give_app(bob, secret=RFC_SECRET)
    assert authenticator_app.check(code_at(now), user=bob, now=now) is Outcome.WRONG


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_a_code_at_once_one_gets_in(alice: User, now: datetime) -> None:
    give_app(alice)

    def bring(_: int) -> Outcome:
        try:
            return authenticator_app.check(code_at(now), user=alice, now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(bring, range(4)))
    assert outcomes.count(Outcome.ACCEPTED) == 1


def test_no_secret_is_readable_in_the_database(alice: User, now: datetime) -> None:
    codes = set_up_app(alice, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = json.dumps([str(row[0]) for row in cursor.fetchall()])
    assert SECRET not in stored
    assert not [code for code in codes if code.replace("-", "") in stored]


def test_the_first_factor_ends_sessions_that_began_without_one(alice: User, now: datetime) -> None:
    by = proven(alice)
    other = CredentialFactory.create(
        user=alice, kind="internal", digest=None, expires_at=None, last_used_at=now
    )
    WebSession.objects.create(credential=other)
    authenticator_app.add(SECRET, code_at(now), by=by, now=now)
    assert Credential.objects.get(pk=other.pk).revoked_at == now
    assert by.credential is not None
    assert Credential.objects.get(pk=by.credential.pk).revoked_at is None


def test_setting_up_is_audited_and_told(
    alice: User,
    now: datetime,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(alice, now=now)
    added = Event.objects.get(action=Action.SECOND_FACTOR_ADDED)
    assert added.subject == f"user:{alice.public_id}"
    assert json.loads(added.data) == {"kind": "authenticator_app"}
    assert [mail.to for mail in mailbox] == [[alice.email]]
    assert "an authenticator app was set up" in mailbox[0].body
    assert SECRET not in mailbox[0].body


def test_the_picture_holds_the_key_for_this_site(alice: User) -> None:
    uri = authenticator_app.uri(SECRET, user=alice)
    assert uri == f"otpauth://totp/localhost:alice?secret={SECRET}&issuer=localhost"
    width, path = authenticator_app.qr_path(uri)
    assert width > 21
    assert set(path) <= set("Mhvz-1234567890 ")
