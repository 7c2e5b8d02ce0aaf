"""What the API answers about money, as values; see `answers`. Amounts are in cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchase came to; no order for what was free.

    is_new: false for what the buyer had before, so that nothing was paid now.
    """

    listing: str
    entitlement_id: str
    order_id: str | None
    price_cents: int
    is_new: bool

    @classmethod
    def from_json(cls, body: Mapping[str, object], *, is_new: bool) -> Self:
        """Read the answer of POST /v1/purchases."""
        return cls(
            listing=answer_fields.required(body, "listing", str),
            entitlement_id=answer_fields.required(body, "entitlementId", str),
            order_id=answer_fields.optional(body, "orderId", str),
            price_cents=answer_fields.size(body, "priceCents"),
            is_new=is_new,
        )


@dataclass(frozen=True, slots=True)
class Freeze:
    """Why a wallet is frozen: a word, and the disputed top-up if that is it."""

    reason: str
    since: datetime | None
    top_up_id: str
    disputed_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one reason of a wallet."""
        return cls(
            reason=answer_fields.word(body, "reason"),
            since=answer_fields.moment(body, "since"),
            top_up_id=answer_fields.optional(body, "topUpId", str) or "",
            disputed_cents=answer_fields.size(body, "disputedCents"),
        )


@dataclass(frozen=True, slots=True)
class Wallet:
    """What is in a wallet, what may be spent of it, what freezes it, and what its owner owes."""

    balance_cents: int
    available_cents: int
    currency: str
    is_frozen: bool
    frozen_because: tuple[Freeze, ...]
    owed_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of GET /v1/wallet."""
        return cls(
            balance_cents=answer_fields.required(body, "balanceCents", int),
            available_cents=answer_fields.required(body, "availableCents", int),
            currency=answer_fields.word(body, "currency"),
            is_frozen=answer_fields.required(body, "isFrozen", bool),
            frozen_because=tuple(
                Freeze.from_json(each) for each in answer_fields.items(body, "frozenBecause")
            ),
            owed_cents=answer_fields.size(body, "owedCents"),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One event on a wallet: into it, or out of it if below zero."""

    at: datetime | None
    what: str
    listing: str
    amount_cents: int
    balance_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/wallet/statement."""
        return cls(
            at=answer_fields.moment(body, "at"),
            what=answer_fields.required(body, "what", str),
            listing=answer_fields.optional(body, "listing", str) or "",
            amount_cents=answer_fields.required(body, "amountCents", int),
            balance_cents=answer_fields.required(body, "balanceCents", int),
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left to spend under one policy, in the calendar day and month of UTC."""

    policy_id: str
    name: str
    left_today_cents: int
    left_this_month_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one budget of a quote."""
        return cls(
            policy_id=answer_fields.word(body, "policyId"),
            name=answer_fields.word(body, "name"),
            left_today_cents=answer_fields.required(body, "leftTodayCents", int),
            left_this_month_cents=answer_fields.required(body, "leftThisMonthCents", int),
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A price that holds for minutes, and what would become of paying it now.

    organization: whose wallet pays; none for one's own.
    is_owned: the buyer has it already, so that buying it costs nothing.
    """

    id: str
    listing: str
    price_cents: int
    currency: str
    expires_at: datetime | None
    outcome: str
    reasons: tuple[str, ...]
    budgets: tuple[Budget, ...]
    organization: str | None
    is_owned: bool
    missing_cents: int
    is_wallet_frozen: bool

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of POST /v1/quotes."""
        decision = answer_fields.required(body, "decision", dict)
        return cls(
            id=answer_fields.word(body, "id"),
            listing=answer_fields.word(body, "listing"),
            price_cents=answer_fields.size(body, "priceCents"),
            currency=answer_fields.word(body, "currency"),
            expires_at=answer_fields.moment(body, "expiresAt"),
            outcome=answer_fields.word(decision, "outcome"),
            reasons=answer_fields.words(decision, "reasons"),
            budgets=tuple(Budget.from_json(each) for each in answer_fields.items(body, "budgets")),
            organization=answer_fields.optional(body, "organization", str),
            is_owned=answer_fields.optional(body, "owned", bool) or False,
            missing_cents=answer_fields.size(body, "shortfallCents"),
            is_wallet_frozen=answer_fields.optional(body, "walletFrozen", bool) or False,
        )


def lines_of(body: Mapping[str, object]) -> tuple[Line, ...]:
    """Read the answer of GET /v1/wallet/statement."""
    answer_fields.required(body, "items", list)
    return tuple(Line.from_json(item) for item in answer_fields.items(body, "items"))


def amount_of(cents: int, currency: str) -> str:
    """Return an amount as people read it, such as `-4.90 USD`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02} {currency}"
