"""Passkeys: added and proven by the standard, for this site only, each challenge once."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from fido2.utils import websafe_encode
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.errors import PasskeyRefused, StaleForm, StepUpRequired
from accounts.models import User
from accounts.second_factors import owned, passkeys, proof, removals
from accounts.second_factors.owned import FactorKind
from accounts.second_factors.passkeys import AT_MOST
from audit.actions import Action
from audit.models import Event
from tests.audit_trail import refusals
from tests.second_factors import SoftKey, proven

SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _at_localhost(settings: Any) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def key() -> SoftKey:
    """A key in somebody's hand."""
    return SoftKey(origin=SITE)


def add(user: User, key: SoftKey, *, now: datetime, name: str = "phone") -> list[str]:
    """Add a key to an account; return the recovery codes."""
    by = proven(user)
    ceremony = passkeys.begin_addition(by=by, now=now)
    answer = json.dumps(key.create(ceremony.options))
    return passkeys.add(answer, name, state=ceremony.state, by=by, now=now)


def prove(user: User, key: SoftKey, *, now: datetime) -> FactorKind:
    """Prove that somebody holds a key of the account."""
    ceremony = passkeys.begin_proof(user, now=now)
    assert ceremony is not None
    answer = json.dumps(key.get(ceremony.options))
    return proof.by_passkey(answer, state=ceremony.state, by=proven(user), now=now)


def refusal_of(user: User, key: SoftKey, *, now: datetime) -> str:
    """Return why a proof is refused."""
    with pytest.raises(PasskeyRefused) as refused:
        prove(user, key, now=now)
    return refused.value.reason


def test_a_passkey_is_added_and_proven(alice: User, key: SoftKey, now: datetime) -> None:
    assert len(add(alice, key, now=now)) == 10
    assert owned.has_second_factor(alice)
    assert prove(alice, key, now=now) is FactorKind.PASSKEY
    assert prove(alice, key, now=now) is FactorKind.PASSKEY
    assert owned.owned_by(alice).passkeys[0].last_used_at == now


def test_what_a_device_keeps_of_a_person_is_opaque(alice: User, now: datetime) -> None:
    asked = passkeys.begin_addition(by=proven(alice), now=now).options["publicKey"]
    assert alice.email not in json.dumps(asked)
    assert asked["rp"] == {"id": "localhost", "name": "localhost"}


def test_adding_needs_a_recent_proof_of_identity(alice: User, now: datetime) -> None:
    with pytest.raises(StepUpRequired):
        passkeys.begin_addition(by=replace(proven(alice), stepped_up=False), now=now)


def test_a_second_passkey_brings_no_new_codes(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    assert add(alice, SoftKey(origin=SITE), now=now, name="key") == []
    assert [passkey.name for passkey in owned.owned_by(alice).passkeys] == ["phone", "key"]


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8001",
        "https://localhost:8000",
        "https://evil.example",
        "http://sub.localhost:8000",
        "",
    ],
)
def test_a_proof_for_another_origin_is_refused(
    alice: User, key: SoftKey, now: datetime, origin: str
) -> None:
    add(alice, key, now=now)
    key.origin = origin
    assert refusal_of(alice, key, now=now) == "invalid"


def test_a_passkey_made_for_another_origin_is_not_kept(alice: User, now: datetime) -> None:
    with pytest.raises(PasskeyRefused):
        add(alice, SoftKey(origin="https://evil.example"), now=now)
    assert not owned.has_second_factor(alice)


def test_a_proof_for_another_site_id_is_refused(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    key.rp_id = "evil.example"
    assert refusal_of(alice, key, now=now) == "invalid"


def test_a_proof_without_a_person_is_refused(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    key.user_present = False
    assert refusal_of(alice, key, now=now) == "invalid"


def test_a_passkey_opens_no_other_account(
    alice: User, bob: User, key: SoftKey, now: datetime
) -> None:
    add(alice, SoftKey(origin=SITE), now=now)
    add(bob, key, now=now)
    assert refusal_of(alice, key, now=now) == "invalid"


def test_a_passkey_belongs_to_one_account(
    alice: User, bob: User, key: SoftKey, now: datetime
) -> None:
    add(alice, key, now=now)
    with pytest.raises(PasskeyRefused):
        add(bob, key, now=now)
    assert not owned.has_second_factor(bob)


def test_the_database_itself_gives_a_passkey_to_one_account(
    alice: User, bob: User, key: SoftKey, now: datetime
) -> None:
    add(alice, key, now=now)
    row = Authenticator.objects.get(type="webauthn")
    row.pk, row.user = None, bob
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_proof_cannot_be_replayed(alice: User, key: SoftKey, now: datetime) -> None:
    key.sign_count = 0
    add(alice, key, now=now)
    ceremony = passkeys.begin_proof(alice, now=now)
    assert ceremony is not None
    answer = json.dumps(key.get(ceremony.options))
    by = proven(alice)
    proof.by_passkey(answer, state=ceremony.state, by=by, now=now)
    with pytest.raises(PasskeyRefused) as refused:
        proof.by_passkey(answer, state=ceremony.state, by=by, now=now)
    assert refused.value.reason == "replayed"
    assert refusals(Action.SECOND_FACTOR_REFUSED) == [{"kind": "passkey", "reason": "replayed"}]


def test_a_proof_for_another_challenge_is_refused(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    asked, other = (passkeys.begin_proof(alice, now=now) for _ in range(2))
    assert asked is not None
    assert other is not None
    answer = json.dumps(key.get(asked.options))
    with pytest.raises(PasskeyRefused):
        proof.by_passkey(answer, state=other.state, by=proven(alice), now=now)


def test_a_late_proof_is_refused(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    ceremony = passkeys.begin_proof(alice, now=now)
    assert ceremony is not None
    answer = json.dumps(key.get(ceremony.options))
    late = now + passkeys.LIFETIME + timedelta(seconds=1)
    with pytest.raises(PasskeyRefused):
        passkeys.check(answer, user=alice, state=ceremony.state, now=late)


def test_a_proof_that_was_not_asked_for_is_refused(
    alice: User, key: SoftKey, now: datetime
) -> None:
    add(alice, key, now=now)
    with pytest.raises(PasskeyRefused):
        passkeys.check("{}", user=alice, state=None, now=now)


def test_a_copied_key_is_found_by_its_count(alice: User, key: SoftKey, now: datetime) -> None:
    add(alice, key, now=now)
    prove(alice, key, now=now)
    key.sign_count -= 1
    assert refusal_of(alice, key, now=now) == "cloned"


def test_a_key_that_does_not_count_is_welcome(alice: User, key: SoftKey, now: datetime) -> None:
    key.sign_count = 0
    add(alice, key, now=now)
    assert prove(alice, key, now=now) is FactorKind.PASSKEY


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        '"x"',
        "{",
        "{}",
        '{"id": 1}',
        '{"rawId": "AA"}',
        "[" * 30_000,
        "x" * 40_000,
    ],
)
@pytest.mark.parametrize("act", ["add", "prove"])
def test_hostile_answers_are_refused(
    alice: User, key: SoftKey, now: datetime, answer: str, act: str
) -> None:
    add(alice, key, now=now)
    with pytest.raises(PasskeyRefused):
        send(alice, answer, act=act, now=now)


def send(user: User, answer: str, *, act: str, now: datetime) -> None:
    """Answer a request for a new passkey, or for a proof of one."""
    by = proven(user)
    if act == "add":
        ceremony = passkeys.begin_addition(by=by, now=now)
        passkeys.add(answer, "x", state=ceremony.state, by=by, now=now)
    else:
        asked = passkeys.begin_proof(user, now=now)
        assert asked is not None
        passkeys.check(answer, user=user, state=asked.state, now=now)


@given(noise=st.binary(max_size=120), part=st.sampled_from(["attestationObject", "clientDataJSON"]))
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_noise_in_an_answer_is_refused(
    alice: User, key: SoftKey, now: datetime, noise: bytes, part: str
) -> None:
    by = proven(alice)
    ceremony = passkeys.begin_addition(by=by, now=now)
    answer = key.create(ceremony.options)
    answer["response"][part] = websafe_encode(noise)
    with pytest.raises(PasskeyRefused):
        passkeys.add(json.dumps(answer), "x", state=ceremony.state, by=by, now=now)


def test_nothing_but_the_passkey_is_kept_of_an_answer(
    alice: User, key: SoftKey, now: datetime
) -> None:
    by = proven(alice)
    ceremony = passkeys.begin_addition(by=by, now=now)
    answer = key.create(ceremony.options) | {"extra": "\x00" + "x" * 1000}
    passkeys.add(json.dumps(answer), "phone", state=ceremony.state, by=by, now=now)
    kept = Authenticator.objects.get(type="webauthn").data
    assert "extra" not in kept["credential"]
    assert prove(alice, key, now=now) is FactorKind.PASSKEY


def test_there_is_a_limit_to_passkeys(alice: User, now: datetime) -> None:
    for _ in range(AT_MOST):
        add(alice, SoftKey(origin=SITE), now=now)
    with pytest.raises(StaleForm):
        add(alice, SoftKey(origin=SITE), now=now)


def test_only_the_person_renames_and_removes_a_passkey(
    alice: User, bob: User, key: SoftKey, now: datetime
) -> None:
    add(alice, key, now=now)
    public_id = owned.owned_by(alice).passkeys[0].public_id
    assert not passkeys.rename(public_id, "stolen", by=proven(bob), now=now)
    assert not removals.remove_passkey(public_id, by=proven(bob), now=now)
    assert passkeys.rename(public_id, "laptop", by=proven(alice), now=now)
    assert owned.owned_by(alice).passkeys[0].name == "laptop"
    assert removals.remove_passkey(public_id, by=proven(alice), now=now)
    assert not Authenticator.objects.exists()
    assert [
        Event.objects.filter(action=action).count()
        for action in (Action.SECOND_FACTOR_RENAMED, Action.SECOND_FACTOR_REMOVED)
    ] == [1, 1]
