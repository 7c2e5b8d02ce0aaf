"""Faults on demand: by metadata, by magic amount, or armed for the next requests of a path."""

from dataclasses import dataclass
from http import HTTPStatus

from payments.sandbox import forms
from payments.sandbox.refusals import Answer, Json, error
from payments.sandbox.world import World

DECLINE = "decline"
AUTHENTICATION_REQUIRED = "authentication_required"
RATE_LIMITED = "rate_limited"
SERVER_ERROR = "server_error"
SERVER_ERROR_SAVED = "server_error_saved"
TIMEOUT_BEFORE = "timeout_before"
TIMEOUT_AFTER_COMMIT = "timeout_after_commit"
SLOW = "slow"

# Nobody sells for these by chance.
MAGIC_AMOUNTS = {
    "6661": DECLINE,
    "6662": AUTHENTICATION_REQUIRED,
    "6663": RATE_LIMITED,
    "6664": SERVER_ERROR,
    "6665": TIMEOUT_BEFORE,
    "6666": TIMEOUT_AFTER_COMMIT,
}
# How often each meets one idempotency key. The library sends a request three times before it gives
# up, but a rate limit it hands on at once.
_TIMES = {
    RATE_LIMITED: 1,
    SERVER_ERROR: 3,
    SERVER_ERROR_SAVED: 3,
    TIMEOUT_BEFORE: 3,
    TIMEOUT_AFTER_COMMIT: 3,
    SLOW: 1,
}
_ARGUMENT_IS_SECONDS = {SLOW}
NAMES = frozenset(_TIMES)
_SLOW_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request on its way; `seconds` is for the slow ones."""

    name: str
    seconds: float = _SLOW_SECONDS


NONE = Fault("")
BUSY_ANSWERS: dict[str, Answer] = {
    RATE_LIMITED: error(
        HTTPStatus.TOO_MANY_REQUESTS,
        "invalid_request_error",
        "Too many requests",
        code="rate_limit",
    ),
    SERVER_ERROR: error(HTTPStatus.INTERNAL_SERVER_ERROR, "api_error", "Something went wrong"),
    SERVER_ERROR_SAVED: error(
        HTTPStatus.INTERNAL_SERVER_ERROR, "api_error", "Something went wrong, for good"
    ),
}


def of_card(form: Json) -> str:
    """Return what a payment's own metadata or amount says of its card: a fault or nothing."""
    name = _wanted(form)[0]
    return name if name in {DECLINE, AUTHENTICATION_REQUIRED} else ""


def on_the_way(world: World, *, path: str, form: Json, key: str) -> Fault:
    """Return the fault that meets this request, and count it."""
    with world.store.transaction():
        armed = _armed(world, path)
        if armed:
            return armed
        name, argument = _wanted(form)
        if name not in _TIMES or not key:
            return NONE
        is_seconds = name in _ARGUMENT_IS_SECONDS
        times = _TIMES[name] if is_seconds else forms.whole(argument, default=_TIMES[name])
        if _seen(world, key) > times:
            return NONE
        return Fault(name, _seconds(argument) if is_seconds else _SLOW_SECONDS)


def arm(world: World, *, path: str, name: str, times: int) -> None:
    """Let a fault meet the next requests whose path begins so."""
    world.store.rows("INSERT INTO fault (path, name, times) VALUES (?, ?, ?)", path, name, times)


def _wanted(form: Json) -> tuple[str, str]:
    """Return the name and argument of the fault that a request asks for."""
    pairs = form.get("metadata")
    asked = pairs.get("sandbox_fault", "") if isinstance(pairs, dict) else ""
    if asked and isinstance(asked, str):
        name, _, argument = asked.partition(":")
        return name, argument
    amount = form.get("amount")
    return MAGIC_AMOUNTS.get(str(amount), ""), ""


def _seen(world: World, key: str) -> int:
    world.store.rows(
        "INSERT INTO fault_seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
        key,
    )
    return int(world.store.rows("SELECT times FROM fault_seen WHERE key = ?", key)[0][0])


def _armed(world: World, path: str) -> Fault | None:
    found = world.store.rows(
        "SELECT seq, name FROM fault WHERE times > 0 AND substr(?, 1, length(path)) = path"
        " ORDER BY seq LIMIT 1",
        path,
    )
    if not found:
        return None
    seq, asked = found[0]
    world.store.rows("UPDATE fault SET times = times - 1 WHERE seq = ?", seq)
    name, _, argument = asked.partition(":")
    return Fault(name, _seconds(argument))


def _seconds(argument: str) -> float:
    is_number = argument.replace(".", "", 1).isdecimal()
    return min(30.0, float(argument)) if is_number else _SLOW_SECONDS
