"""What the API answers about organizations, as values; see `answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization that one belongs to, and as what."""

    id: str
    slug: str
    name: str
    role: str
    member_count: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/orgs, or the answer of POST /v1/orgs."""
        return cls(
            id=answer_fields.word(body, "id"),
            slug=answer_fields.word(body, "slug"),
            name=answer_fields.word(body, "name"),
            role=answer_fields.word(body, "role"),
            member_count=answer_fields.size(body, "memberCount"),
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was asked to belong to an organization."""

    id: str
    email: str
    role: str
    expires_at: datetime | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of POST /v1/orgs/{slug}/invitations."""
        return cls(
            id=answer_fields.word(body, "id"),
            email=answer_fields.word(body, "email"),
            role=answer_fields.word(body, "role"),
            expires_at=answer_fields.moment(body, "expiresAt"),
        )
