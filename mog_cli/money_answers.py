"""What the API answers about money, as values; see `answers`. Amounts are in cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchase came to; no order for what was free or had before."""

    listing: str
    entitlement_id: str
    order_id: str | None
    price_cents: int

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of POST /v1/purchases."""
        return cls(
            listing=answer_fields.required(body, "listing", str),
            entitlement_id=answer_fields.required(body, "entitlementId", str),
            order_id=answer_fields.optional(body, "orderId", str),
            price_cents=answer_fields.size(body, "priceCents"),
        )


@dataclass(frozen=True, slots=True)
class Wallet:
    """What is in a wallet, and what may be spent of it."""

    balance_cents: int
    available_cents: int
    currency: str
    is_frozen: bool

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of GET /v1/wallet."""
        return cls(
            balance_cents=answer_fields.required(body, "balanceCents", int),
            available_cents=answer_fields.required(body, "availableCents", int),
            currency=answer_fields.word(body, "currency"),
            is_frozen=answer_fields.required(body, "isFrozen", bool),
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


def lines_of(body: Mapping[str, object]) -> tuple[Line, ...]:
    """Read the answer of GET /v1/wallet/statement."""
    answer_fields.required(body, "items", list)
    return tuple(Line.from_json(item) for item in answer_fields.items(body, "items"))


def amount_of(cents: int, currency: str) -> str:
    """Return an amount as people read it, such as `-4.90 USD`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02} {currency}"
