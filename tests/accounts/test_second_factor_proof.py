"""Proving a second factor by code: counted, locked, recorded, never taken twice."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from accounts.errors import (
    CodeEntryLocked,
    SecondFactorRequired,
    StepUpRequired,
    WrongCode,
)
from accounts.models import User
from accounts.second_factors import owned, proof, recovery_codes, removals
from accounts.second_factors.owned import FactorKind
from audit.actions import Action
from audit.models import Event
from tests.audit_trail import refusals
from tests.second_factors import code_at, give_app, proven, set_up_app

OnCommit = Callable[..., AbstractContextManager[object]]


def give(user: User, typed: str, *, now: datetime, takes_recovery_codes: bool = True) -> FactorKind:
    """Type a code as the user, who is at the second half of signing in."""
    return proof.by_code(typed, by=proven(user), now=now, takes_recovery_codes=takes_recovery_codes)


def exhaust(user: User, *, now: datetime) -> None:
    """Type as many wrong codes as are taken."""
    for _ in range(settings.SECOND_FACTOR_ATTEMPTS):
        with pytest.raises(WrongCode):
            give(user, code_at(now, steps=50), now=now)


def test_a_code_of_the_app_is_a_proof(alice: User, now: datetime) -> None:
    give_app(alice)
    assert give(alice, code_at(now), now=now) is FactorKind.APP


@pytest.mark.parametrize("shape", ["{0}{1}", "{0} {1}", " {0}-{1} "])
def test_what_people_put_between_digits_does_not_matter(
    alice: User, now: datetime, shape: str
) -> None:
    give_app(alice)
    code = code_at(now)
    assert give(alice, shape.format(code[:3], code[3:]), now=now) is FactorKind.APP


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "abcdef",
        "12345",
        "1234567",
        "١٢٣٤٥٦",
        "\x00" * 6,
        "0" * 10,
        "9" * 10_000,
        "½¼¾123",
    ],
)
def test_what_is_no_code_is_refused(alice: User, now: datetime, typed: str) -> None:
    set_up_app(alice, now=now)
    with pytest.raises(WrongCode):
        give(alice, typed, now=now)


def test_a_recovery_code_is_a_proof_once(alice: User, now: datetime) -> None:
    code = set_up_app(alice, now=now)[3]
    assert give(alice, code, now=now) is FactorKind.RECOVERY_CODE
    with pytest.raises(WrongCode):
        give(alice, code, now=now)
    assert owned.owned_by(alice).codes_left == 9


def test_a_recovery_code_counts_only_where_one_signs_in(alice: User, now: datetime) -> None:
    code = set_up_app(alice, now=now)[0]
    with pytest.raises(WrongCode):
        give(alice, code, now=now, takes_recovery_codes=False)
    assert owned.owned_by(alice).codes_left == 10


def test_a_recovery_code_opens_no_other_account(alice: User, bob: User, now: datetime) -> None:
    code = set_up_app(alice, now=now)[0]
    set_up_app(bob, now=now)
    with pytest.raises(WrongCode):
        give(bob, code, now=now)


def test_new_recovery_codes_end_the_old_ones(alice: User, now: datetime) -> None:
    old = set_up_app(alice, now=now)
    new = recovery_codes.replace(by=proven(alice), now=now)
    assert not set(old) & set(new)
    with pytest.raises(WrongCode):
        give(alice, old[0], now=now)
    assert give(alice, new[0], now=now) is FactorKind.RECOVERY_CODE


def test_there_are_no_recovery_codes_without_a_factor(alice: User, now: datetime) -> None:
    with pytest.raises(SecondFactorRequired):
        recovery_codes.replace(by=proven(alice), now=now)


def test_a_used_recovery_code_is_audited_and_told(
    alice: User,
    now: datetime,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    code = set_up_app(alice, now=now)[0]
    with django_capture_on_commit_callbacks(execute=True):
        give(alice, code, now=now)
    used = Event.objects.get(action=Action.RECOVERY_CODE_USED)
    assert json.loads(used.data) == {"left": 9}
    assert "a recovery code was used to sign in. 9 are left." in mailbox[-1].body
    assert code not in mailbox[-1].body


def test_wrong_codes_lock_the_account(alice: User, now: datetime) -> None:
    give_app(alice)
    exhaust(alice, now=now)
    with pytest.raises(CodeEntryLocked):
        give(alice, code_at(now), now=now)


def test_recovery_codes_are_locked_with_the_others(alice: User, now: datetime) -> None:
    codes = set_up_app(alice, now=now)
    exhaust(alice, now=now)
    with pytest.raises(CodeEntryLocked):
        give(alice, codes[0], now=now)
    assert owned.owned_by(alice).codes_left == 10


def test_the_lock_of_one_account_is_no_other_accounts(
    alice: User, bob: User, now: datetime
) -> None:
    give_app(alice)
    give_app(bob)
    exhaust(alice, now=now)
    assert give(bob, code_at(now), now=now) is FactorKind.APP


def test_the_lock_ends(alice: User, now: datetime) -> None:
    give_app(alice)
    exhaust(alice, now=now)
    cache.clear()  # as its time does
    assert give(alice, code_at(now), now=now) is FactorKind.APP


def test_a_right_code_begins_the_count_anew(alice: User, now: datetime) -> None:
    give_app(alice)
    for minute in range(3):
        moment = now + timedelta(minutes=minute)
        for _ in range(settings.SECOND_FACTOR_ATTEMPTS - 1):
            with pytest.raises(WrongCode):
                give(alice, code_at(now, steps=50), now=moment)
        assert give(alice, code_at(moment), now=moment) is FactorKind.APP


def test_refusals_are_in_the_trail(alice: User, now: datetime) -> None:
    give_app(alice)
    give(alice, code_at(now), now=now)
    with pytest.raises(WrongCode):
        give(alice, code_at(now), now=now)
    assert refusals(Action.SECOND_FACTOR_REFUSED) == [
        {"kind": "authenticator_app", "reason": "replayed"}
    ]


def test_a_lock_is_told(
    alice: User,
    now: datetime,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    give_app(alice)
    with django_capture_on_commit_callbacks(execute=True):
        exhaust(alice, now=now)
    assert ["several wrong codes were typed" in mail.body for mail in mailbox] == [True]


def test_removing_the_last_factor_removes_the_codes_and_is_told(
    alice: User,
    now: datetime,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    set_up_app(alice, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert removals.remove_app(by=proven(alice), now=now)
    assert owned.owned_by(alice).codes_left == 0
    assert not owned.has_second_factor(alice)
    removed = Event.objects.get(action=Action.SECOND_FACTOR_REMOVED)
    assert json.loads(removed.data) == {"kind": "authenticator_app", "is_last": True}
    assert "two-step verification is off" in mailbox[-1].body


def test_removing_needs_a_recent_proof_of_identity(alice: User, now: datetime) -> None:
    give_app(alice)
    with pytest.raises(StepUpRequired):
        removals.remove_app(by=replace(proven(alice), stepped_up=False), now=now)
    assert owned.has_second_factor(alice)


def test_nobody_removes_what_another_has(alice: User, bob: User, now: datetime) -> None:
    give_app(alice)
    assert not removals.remove_app(by=proven(bob), now=now)
    assert owned.has_second_factor(alice)
    assert not Event.objects.filter(action=Action.SECOND_FACTOR_REMOVED).exists()
