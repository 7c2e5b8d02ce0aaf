"""Typing a code: what counts as the code, what locks, what rings."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import code_entry, device_codes
from accounts.actor import Actor
from accounts.errors import CodeEntryLocked, DeviceGrantClosed, SignInRequired, WrongUserCode
from accounts.models import User
from audit.actions import Action
from tests.audit_trail import refusals
from tests.devices import DEVICE, approve, grant_of, person, started

WRONG = "BBBB-BBBB"


def enter_wrong(by: Actor, now: datetime, *, times: int) -> None:
    """Type a code no device shows."""
    for _ in range(times):
        with pytest.raises(WrongUserCode):
            code_entry.enter(WRONG, by=by, now=now)


@pytest.mark.parametrize(
    "decorate",
    [
        str,
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: ".".join(code),
        lambda code: code.replace("-", "\N{EN DASH}"),
        lambda code: f"\N{ZERO WIDTH SPACE}{code}",
    ],
)
def test_case_spaces_and_punctuation_do_not_matter(decorate: object) -> None:
    code = device_codes.new_user_code()
    assert device_codes.read(decorate(device_codes.shown(code))) == code  # type: ignore[operator]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "BCDF-GHJ",
        "BCDF-GHJKL",
        "ACDF-GHJK",
        "8CDF-GHJK",
        "BCDF-GHJ1",
        "\N{FULLWIDTH LATIN CAPITAL LETTER B}CDF-GHJK",
        "\N{LATIN SMALL LETTER SHARP S}CDF-GHJ",
        "B" * 8 + "-" * 40,
    ],
)
def test_no_letter_is_taken_for_another(typed: str) -> None:
    assert device_codes.read(typed) == ""


@pytest.mark.django_db
def test_the_code_opens_its_request(alice: User, now: datetime) -> None:
    grant = started(now)
    assert code_entry.enter(grant.user_code.lower(), by=person(alice), now=now) == grant_of(grant)


@pytest.mark.django_db
def test_nobody_types_codes(now: datetime) -> None:
    with pytest.raises(SignInRequired):
        code_entry.enter(WRONG, by=DEVICE, now=now)


@pytest.mark.django_db
def test_five_wrong_codes_lock_out_the_right_one(alice: User, now: datetime) -> None:
    grant, by = started(now), person(alice)
    enter_wrong(by, now, times=5)
    with pytest.raises(CodeEntryLocked) as lock:
        code_entry.enter(grant.user_code, by=by, now=now)
    assert lock.value.retry_after == timedelta(minutes=15)
    assert refusals(Action.DEVICE_CODE_REFUSED) == [{"reason": "wrong"}, {"reason": "locked"}]


@pytest.mark.django_db
def test_a_person_is_told_how_many_tries_are_left(alice: User, now: datetime) -> None:
    by, left = person(alice), []
    for _ in range(5):
        with pytest.raises(WrongUserCode) as wrong:
            code_entry.enter(WRONG, by=by, now=now)
        left.append(wrong.value.attempts_left)
    assert left == [4, 3, 2, 1, 0]


@pytest.mark.django_db
def test_the_lock_holds_for_the_account_in_another_browser(alice: User, now: datetime) -> None:
    grant = started(now)
    enter_wrong(person(alice), now, times=5)
    with pytest.raises(CodeEntryLocked):
        code_entry.enter(grant.user_code, by=person(alice), now=now)


@pytest.mark.django_db
def test_the_lock_of_one_account_is_not_anothers(alice: User, bob: User, now: datetime) -> None:
    grant = started(now)
    enter_wrong(person(alice), now, times=5)
    assert code_entry.enter(grant.user_code, by=person(bob), now=now) == grant_of(grant)


@pytest.mark.django_db
def test_a_right_code_between_wrong_ones_forgives_none(alice: User, now: datetime) -> None:
    grant, by = started(now), person(alice)
    enter_wrong(by, now, times=4)
    code_entry.enter(grant.user_code, by=by, now=now)
    enter_wrong(by, now, times=1)
    with pytest.raises(CodeEntryLocked):
        code_entry.enter(grant.user_code, by=by, now=now)


@pytest.mark.django_db
def test_the_lock_ends_by_itself(alice: User, now: datetime, settings: Settings) -> None:
    settings.DEVICE_CODE_LOCK = timedelta(seconds=1)
    grant, by = started(now), person(alice)
    enter_wrong(by, now, times=5)
    time.sleep(1.1)
    assert code_entry.enter(grant.user_code, by=by, now=now) == grant_of(grant)


@pytest.mark.django_db
def test_the_lock_lasts_from_the_last_wrong_code(
    alice: User, now: datetime, settings: Settings
) -> None:
    settings.DEVICE_CODE_LOCK = timedelta(seconds=2)
    grant, by = started(now), person(alice)
    enter_wrong(by, now, times=4)
    time.sleep(1.5)
    enter_wrong(by, now, times=1)
    time.sleep(1)
    with pytest.raises(CodeEntryLocked):
        code_entry.enter(grant.user_code, by=by, now=now)


@pytest.mark.django_db
def test_a_code_that_is_decided_or_lapsed_is_no_guess(alice: User, now: datetime) -> None:
    by, decided, lapsed = person(alice), started(now), started(now - timedelta(minutes=15))
    approve(decided, alice, now)
    for _ in range(6):
        for grant in (decided, lapsed):
            with pytest.raises(DeviceGrantClosed):
                code_entry.enter(grant.user_code, by=by, now=now)
    assert refusals(Action.DEVICE_CODE_REFUSED) == []


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_outrun_the_lock(alice: User, now: datetime) -> None:
    by = person(alice)

    def guess(_: int) -> type[Exception]:
        try:
            code_entry.enter(WRONG, by=by, now=now)
        except (WrongUserCode, CodeEntryLocked) as refusal:
            return type(refusal)
        finally:
            connection.close()
        raise AssertionError("the wrong code opened something")

    with ThreadPoolExecutor(max_workers=8) as pool:
        outcomes = list(pool.map(guess, range(24)))
    assert outcomes.count(WrongUserCode) == 5
    assert outcomes.count(CodeEntryLocked) == 19


@pytest.mark.django_db
def test_over_a_hundred_wrong_codes_in_an_hour_ring_once(
    alice: User,
    bob: User,
    now: datetime,
    settings: Settings,
    mailbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.OPERATOR_EMAILS = ["operator@example.com", "other@example.com"]
    cache.set(f"device-code-entries:site:{now:%Y-%m-%dT%H}", 98, timeout=60)
    with django_capture_on_commit_callbacks(execute=True):
        enter_wrong(person(alice), now, times=2)
    assert not mailbox
    with django_capture_on_commit_callbacks(execute=True):
        enter_wrong(person(bob), now, times=3)
    assert [mail.to for mail in mailbox] == [["operator@example.com"], ["other@example.com"]]
    assert "More than 100 wrong device codes" in str(mailbox[0].body)
    alarms = [record for record in caplog.records if record.name == "mog.alarm"]
    assert [record.levelname for record in alarms] == ["ERROR"]
