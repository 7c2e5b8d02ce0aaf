"""What an exception becomes, and what several become alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any

from accounts.api.serializers import camelize

# RFC 6750 section 3: a challenge on every 401; the error only where a token was presented.
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mog"'}
# Seconds after which asking again makes sense when something behind us is away.
_RETRY_SOON = {"Retry-After": "5"}

Details = Mapping[str, Any]


def _nothing(_error: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """What an exception class becomes. `message` says what to do next.

    extras: what stands beside the code in JSON, not among the details.
    """

    status: HTTPStatus
    code: str
    message: str
    details: Callable[[Any], Details] = _nothing
    extras: Callable[[Any], Details] = _nothing
    headers: Callable[[Any], Mapping[str, str]] = _nothing


@dataclass(frozen=True, slots=True)
class Problem:
    """One exception, ready to be answered in either dialect."""

    status: HTTPStatus
    code: str
    message: str
    details: Details = field(default_factory=dict)
    extras: Details = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, *, request_id: str) -> dict[str, Any]:
        """Return the JSON answer."""
        details = {"details": dict(self.details)} if self.details else {}
        said = {"code": self.code, "message": self.message, **self.extras, **details}
        return said | {"requestId": request_id}


Table = Mapping[type[BaseException], Rule]


def retry_after(error: Any) -> dict[str, str]:
    """Return the header of a refusal whose `retry_after` says how long to wait."""
    return {"Retry-After": str(ceil(error.retry_after.total_seconds()))}


def _field_details(error: Any) -> Details:
    """Return what a refusal says that names one `field`."""
    return {camelize(error.field): [str(error)]}


SIGN_IN = Rule(
    HTTPStatus.UNAUTHORIZED,
    "unauthenticated",
    "Sign in, or send a token as `Authorization: Bearer`.",
    headers=lambda _: _CHALLENGE,
)
FORBIDDEN = Rule(
    HTTPStatus.FORBIDDEN, "forbidden", "You may not do this. Ask somebody who may, or an owner."
)
NOT_FOUND = Rule(
    HTTPStatus.NOT_FOUND,
    "not_found",
    "There is nothing here, or you may not see it. Check the address.",
)
BAD_REQUEST = Rule(
    HTTPStatus.BAD_REQUEST,
    "bad_request",
    "We could not read this request. Check it and send again.",
)
INVALID = "Some fields are wrong. `details` names each with what to change."
INVALID_CURSOR = Rule(
    HTTPStatus.BAD_REQUEST,
    "invalid_cursor",
    "This cursor is not one of this list. Start again without `cursor`.",
)
INVALID_FIELD = Rule(
    HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_fields", INVALID, details=_field_details
)
TOO_LARGE = Rule(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_large",
    "The request is larger than this address accepts. Send less at once.",
)
UNAVAILABLE = Rule(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable",
    "Something we depend on does not answer. Nothing was changed; try again shortly.",
    headers=lambda _: _RETRY_SOON,
)
