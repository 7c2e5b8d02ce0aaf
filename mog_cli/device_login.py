"""The device flow, client half (RFC 8628): wait until a person has decided in a browser."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mog_cli import refusals, tokens
from mog_cli.answers import DeviceGrant, DevicePoll
from mog_cli.errors import ApiError, LoginDenied, LoginExpired, MogError, UnexpectedAnswer
from mog_cli.tokens import Token

_SLOW_DOWN_SECONDS = 5.0  # RFC 8628 section 3.5, for this and all later polls
_SHORTEST_INTERVAL_SECONDS = 1.0
_LONGEST_INTERVAL_SECONDS = 60.0

_AGAIN = "Run `mog auth` to try again."


@dataclass(frozen=True, slots=True)
class Approval:
    """The token a person has granted, and how long it lives, in seconds, when the server says."""

    token: Token
    expires_in: int | None


@dataclass(slots=True)
class _Pace:
    """Seconds between two polls; it only ever grows."""

    seconds: float
    _floor: float = field(default=_SHORTEST_INTERVAL_SECONDS)

    def __post_init__(self) -> None:
        self.seconds = max(self.seconds, self._floor)

    def at_least(self, seconds: float | None) -> None:
        self.seconds = max(self.seconds, seconds or 0)

    def slow_down(self) -> None:
        self.seconds += _SLOW_DOWN_SECONDS

    def back_off(self) -> None:
        # RFC 8628 section 3.5: after a time-out, poll less often; doubling is its example.
        self.seconds = max(self.seconds, min(self.seconds * 2, _LONGEST_INTERVAL_SECONDS))


def wait_for_approval(
    poll: Callable[[str], DevicePoll],
    grant: DeviceGrant,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Approval:
    """Poll until the request is decided.

    Raises LoginDenied, LoginExpired, UnexpectedAnswer, and what `poll` raises unless it passes.
    """
    pace = _Pace(float(grant.interval))
    deadline = clock() + grant.expires_in
    while clock() + pace.seconds <= deadline:
        sleep(pace.seconds)
        answer = _ask(poll, grant.device_code, pace)
        if answer is None:
            continue
        if answer.status == "approved":
            return Approval(_token_in(answer), answer.expires_in)
        _heed(answer, pace)
    raise LoginExpired(
        "The code expired before anybody approved or refused it in the browser.", advice=_AGAIN
    )


def _ask(poll: Callable[[str], DevicePoll], device_code: str, pace: _Pace) -> DevicePoll | None:
    """Return the answer, or None when the network or the server failed in passing."""
    try:
        return poll(device_code)
    except ApiError as error:
        if not refusals.is_passing(error):
            raise
        pace.back_off()
        pace.at_least(error.retry_after_seconds)
    except MogError as error:
        if not refusals.is_passing(error) and error.code != "timeout":
            raise
        pace.back_off()
    return None


def _heed(answer: DevicePoll, pace: _Pace) -> None:
    if answer.status == "denied":
        raise LoginDenied("The request was refused in the browser.", advice=_AGAIN)
    if answer.status == "expired":
        # Also what is said of a code whose token was handed out in an answer that got lost.
        raise LoginExpired("The code is no longer valid: it expired or was used.", advice=_AGAIN)
    if answer.status == "slow_down":
        pace.slow_down()
    elif answer.status != "pending":
        raise UnexpectedAnswer(
            f"The server says the request is {answer.status!r}, which this mog does not know.",
            advice="Upgrade mog.",
        )
    pace.at_least(answer.interval)


def _token_in(answer: DevicePoll) -> Token:
    if not answer.token:
        raise UnexpectedAnswer("The server approved the request but sent no token.", advice=_AGAIN)
    return tokens.parse(answer.token, origin="The server's answer")
