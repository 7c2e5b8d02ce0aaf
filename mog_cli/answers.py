"""What the API answers, as values. Unknown fields are ignored: servers may grow.

Every `from_json` raises UnexpectedAnswer when a promised field is missing or of another type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


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
            device_code=answer_fields.required(body, "deviceCode", str),
            user_code=answer_fields.word(body, "userCode"),
            verification_uri=answer_fields.link(body, "verificationUri"),
            verification_uri_complete=answer_fields.link(body, "verificationUriComplete"),
            expires_in=answer_fields.required(body, "expiresIn", int),
            interval=answer_fields.required(body, "interval", int),
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
            status=answer_fields.required(body, "status", str),
            interval=answer_fields.optional(body, "interval", int),
            token=answer_fields.optional(body, "token", str) or "",
            expires_in=answer_fields.optional(body, "expiresIn", int),
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
    organization_name: str
    spend_policy_id: str | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of /v1/users/me."""
        credential = answer_fields.required(body, "credential", dict)
        organization = answer_fields.optional(body, "organization", dict) or {}
        return cls(
            user_id=answer_fields.required(body, "id", str),
            username=answer_fields.word(body, "username"),
            display_name=answer_fields.optional(body, "displayName", str) or "",
            label=answer_fields.optional(credential, "label", str) or "",
            kind=answer_fields.word(credential, "kind"),
            scopes=tuple(
                str(scope) for scope in answer_fields.required(credential, "scopes", list)
            ),
            expires_at=answer_fields.moment(credential, "expiresAt"),
            organization=answer_fields.optional(organization, "slug", str),
            organization_name=answer_fields.optional(organization, "name", str) or "",
            spend_policy_id=answer_fields.optional(credential, "spendPolicyId", str),
        )
