"""What the API answers about tokens and what they may spend, as values; see `answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token as its owner sees it: all but the secret."""

    id: str
    prefix: str
    label: str
    kind: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    last_used_at: datetime | None
    spend_policy_id: str | None
    organization_id: str | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/tokens, or the answer of GET /v1/tokens/current."""
        return cls(
            id=answer_fields.word(body, "id"),
            prefix=answer_fields.word(body, "prefix"),
            label=answer_fields.optional(body, "label", str) or "",
            kind=answer_fields.word(body, "kind"),
            scopes=answer_fields.words(body, "scopes"),
            expires_at=answer_fields.moment(body, "expiresAt"),
            last_used_at=answer_fields.moment(body, "lastUsedAt"),
            spend_policy_id=answer_fields.optional(body, "spendPolicyId", str),
            organization_id=answer_fields.optional(body, "organizationId", str),
        )


@dataclass(frozen=True, slots=True)
class SpendPolicy:
    """What a token may spend, and what is left of it in the calendar day and month of UTC."""

    id: str
    name: str
    organization_id: str | None
    is_active: bool
    max_per_purchase_cents: int
    daily_limit_cents: int
    monthly_limit_cents: int
    require_approval_above_cents: int
    left_today_cents: int
    left_this_month_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/spend-policies."""
        return cls(
            id=answer_fields.word(body, "id"),
            name=answer_fields.word(body, "name"),
            organization_id=answer_fields.optional(body, "organizationId", str),
            is_active=answer_fields.required(body, "active", bool),
            max_per_purchase_cents=answer_fields.required(body, "maxPerPurchaseCents", int),
            daily_limit_cents=answer_fields.required(body, "dailyLimitCents", int),
            monthly_limit_cents=answer_fields.required(body, "monthlyLimitCents", int),
            require_approval_above_cents=answer_fields.required(
                body, "requireApprovalAboveCents", int
            ),
            left_today_cents=answer_fields.required(body, "leftTodayCents", int),
            left_this_month_cents=answer_fields.required(body, "leftThisMonthCents", int),
        )
