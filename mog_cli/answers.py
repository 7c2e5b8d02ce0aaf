"""What the API answers, as values. Unknown fields are ignored: servers may grow.

Every `from_json` raises UnexpectedAnswer when a promised field is missing or of another type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, TypeVar

from mog_cli import config
from mog_cli.errors import UnexpectedAnswer

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class DeviceGrant:
    """A request to sign in that waits for a person (RFC 8628 section 3.2); times in seconds."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of /v1/auth/device/start."""
        return cls(
            device_code=_required(body, "deviceCode", str),
            user_code=_required(body, "userCode", str),
            verification_uri=_link(body, "verificationUri"),
            verification_uri_complete=_link(body, "verificationUriComplete"),
            expires_in=_required(body, "expiresIn", int),
            interval=_required(body, "interval", int),
        )


@dataclass(frozen=True, slots=True)
class DevicePoll:
    """How such a request stands: pending, slow_down, denied, expired, or approved with a token."""

    status: str
    interval: int | None = None
    token: str = field(default="", repr=False)
    expires_in: int | None = None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of /v1/auth/device/poll."""
        return cls(
            status=_required(body, "status", str),
            interval=_optional(body, "interval", int),
            token=_optional(body, "token", str) or "",
            expires_in=_optional(body, "expiresIn", int),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token speaks for, and with what rights."""

    user_id: str
    username: str
    display_name: str
    label: str
    kind: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    organization: str | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of /v1/users/me."""
        credential = _required(body, "credential", dict)
        organization = _optional(body, "organization", dict)
        return cls(
            user_id=_required(body, "id", str),
            username=_required(body, "username", str),
            display_name=_optional(body, "displayName", str) or "",
            label=_optional(credential, "label", str) or "",
            kind=_required(credential, "kind", str),
            scopes=tuple(str(scope) for scope in _required(credential, "scopes", list)),
            expires_at=_moment(credential, "expiresAt"),
            organization=_optional(organization, "slug", str) if organization else None,
        )


def _required(body: Mapping[str, object], name: str, kind: type[_T]) -> _T:
    value = _optional(body, name, kind)
    if value is None:
        raise UnexpectedAnswer(
            f"The server's answer lacks {name}.", advice="Check MOG_API_URL, or upgrade mog."
        )
    return value


def _optional(body: Mapping[str, object], name: str, kind: type[_T]) -> _T | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnexpectedAnswer(
            f"The server's answer has a strange {name}.",
            advice="Check MOG_API_URL, or upgrade mog.",
        )
    return value


def _link(body: Mapping[str, object], name: str) -> str:
    url = _required(body, name, str)
    if not config.is_safe_to_open(url):
        raise UnexpectedAnswer(f"The server's answer has an unsafe link in {name}.")
    return url


def _moment(body: Mapping[str, object], name: str) -> datetime | None:
    text = _optional(body, name, str)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.") from None
