"""What the sandbox answers instead of doing something, in the provider's shape."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body; what was changed on the way to it stays."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A request that changes nothing."""

    def __init__(
        self,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        kind: str = "invalid_request_error",
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.answer = error(status, kind, message, **details)


def error(status: int, kind: str, message: str, **details: Any) -> Answer:
    """Return an error as the provider writes it (docs.stripe.com/api/errors)."""
    return Answer(status, {"error": {"type": kind, "message": message, **details}})


def missing(kind: str, object_id: str) -> Refusal:
    """Return the refusal for something that does not exist."""
    return Refusal(
        f"No such {kind}: '{object_id}'",
        status=HTTPStatus.NOT_FOUND,
        code="resource_missing",
        param="id",
    )
