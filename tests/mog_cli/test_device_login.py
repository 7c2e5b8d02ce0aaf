"""The pace of the device flow: when to ask, when to slow down, when to stop (RFC 8628)."""

from collections.abc import Callable

import pytest

from mog_cli import device_login
from mog_cli.answers import DeviceGrant, DevicePoll
from mog_cli.device_login import Approval
from mog_cli.errors import (
    ApiError,
    ConnectionFailed,
    LoginDenied,
    LoginExpired,
    MalformedToken,
    MogError,
    UnexpectedAnswer,
)
from tests.mog_cli.scripted_server import TOKEN

APPROVED = DevicePoll("approved", token=TOKEN, expires_in=3600)
PENDING = DevicePoll("pending", interval=5)
TIMED_OUT = ConnectionFailed("slow", code="timeout", is_passing=False)
UNREACHABLE = ConnectionFailed("gone", is_passing=True)


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def read(self) -> float:
        return self.seconds


def scripted(*script: DevicePoll | MogError) -> Callable[[str], DevicePoll]:
    """Return a poll that gives these answers in turn; the last one repeats."""
    left = list(script)

    def poll(device_code: str) -> DevicePoll:
        assert device_code == "secret"
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, MogError):
            raise answer
        return answer

    return poll


def wait(
    clock: Clock, *script: DevicePoll | MogError, interval: int = 5, expires_in: int = 900
) -> Approval:
    """Wait for approval by a script."""
    grant = DeviceGrant("secret", "BCDF-GHJK", "https://m/d", "https://m/d?c", expires_in, interval)
    return device_login.wait_for_approval(
        scripted(*script), grant, sleep=clock.sleep, clock=clock.read
    )


def test_approval_brings_the_token() -> None:
    approval = wait(Clock(), PENDING, APPROVED)
    assert approval.token.secret == TOKEN
    assert approval.expires_in == 3600


def test_the_interval_is_kept_also_before_the_first_poll() -> None:
    clock = Clock()
    wait(clock, PENDING, PENDING, APPROVED)
    assert clock.sleeps == [5, 5, 5]


def test_slow_down_adds_five_seconds_for_good() -> None:
    clock = Clock()
    wait(clock, DevicePoll("slow_down"), PENDING, DevicePoll("slow_down"), APPROVED)
    assert clock.sleeps == [5, 10, 10, 15]


def test_the_server_may_ask_for_more_but_not_for_less() -> None:
    clock = Clock()
    more, less = DevicePoll("pending", interval=12), DevicePoll("pending", interval=1)
    wait(clock, more, less, APPROVED)
    assert clock.sleeps == [5, 12, 12]


def test_an_interval_of_zero_does_not_mean_without_pause() -> None:
    clock = Clock()
    wait(clock, PENDING, APPROVED, interval=0)
    assert clock.sleeps == [1, 5]


def test_a_lost_network_doubles_the_wait_up_to_a_minute() -> None:
    clock = Clock()
    wait(clock, *[TIMED_OUT, UNREACHABLE] * 3, APPROVED)
    assert clock.sleeps == [5, 10, 20, 40, 60, 60, 60]


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_server_is_given_the_time_it_asks_for(status: int) -> None:
    clock = Clock()
    busy = ApiError("busy", status=status, code="busy", retry_after_seconds=45)
    wait(clock, busy, APPROVED)
    assert clock.sleeps == [5, 45]


def test_other_refusals_end_the_wait() -> None:
    with pytest.raises(ApiError):
        wait(Clock(), ApiError("no", status=400, code="invalid_grant"))


def test_a_tls_fault_ends_the_wait() -> None:
    with pytest.raises(ConnectionFailed):
        wait(Clock(), ConnectionFailed("no", code="tls_error", is_passing=False))


def test_a_refusal_by_the_person_ends_the_wait() -> None:
    with pytest.raises(LoginDenied) as refusal:
        wait(Clock(), PENDING, DevicePoll("denied"))
    assert refusal.value.exit_code == 1


def test_the_servers_word_that_the_code_expired_ends_the_wait() -> None:
    with pytest.raises(LoginExpired) as refusal:
        wait(Clock(), DevicePoll("expired"))
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize("answer", [PENDING, UNREACHABLE])
def test_nobody_polls_longer_than_the_code_lives(answer: DevicePoll | MogError) -> None:
    clock = Clock()
    with pytest.raises(LoginExpired):
        wait(clock, answer, expires_in=60)
    assert sum(clock.sleeps) <= 60


def test_a_status_from_the_future_is_named() -> None:
    with pytest.raises(UnexpectedAnswer, match="'paused'"):
        wait(Clock(), DevicePoll("paused"))


def test_an_approval_without_a_token_is_not_believed() -> None:
    with pytest.raises(UnexpectedAnswer):
        wait(Clock(), DevicePoll("approved"))


def test_an_approval_with_a_broken_token_is_not_believed() -> None:
    with pytest.raises(MalformedToken):
        wait(Clock(), DevicePoll("approved", token=TOKEN[:-1] + "x"))


def test_neither_code_nor_token_is_in_a_repr() -> None:
    grant = DeviceGrant("secret", "BCDF-GHJK", "https://m/d", "https://m/d?c", 900, 5)
    assert "secret" not in repr(grant)
    assert TOKEN not in repr(APPROVED)
