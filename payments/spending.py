"""What a token may spend: one pure decision over limits, an offer and what was spent (SPEC 8).

Purchases, quotes, simulations and pages all ask `decide`; nothing here reads a row or a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of a purchase; later ones are stricter."""

    ALLOW = "allow"
    NEEDS_APPROVAL = "needs_approval"
    BLOCK = "block"


class Reason(StrEnum):
    """Why a purchase is not simply allowed."""

    POLICY_INACTIVE = "policy_inactive"
    OTHER_CURRENCY = "other_currency"
    TYPE_BLOCKED = "type_blocked"
    OVER_PURCHASE_LIMIT = "over_purchase_limit"
    OVER_APPROVAL_THRESHOLD = "over_approval_threshold"
    OVER_DAILY_LIMIT = "over_daily_limit"
    OVER_MONTHLY_LIMIT = "over_monthly_limit"
    VENDOR_NOT_ALLOWED = "vendor_not_allowed"
    VENDOR_UNVERIFIED = "vendor_unverified"
    RELEASE_TOO_YOUNG = "release_too_young"
    RUNS_CODE = "runs_code"

    @property
    def outcome(self) -> Outcome:
        """Return what this reason alone leads to: no person can approve what blocks."""
        return Outcome.BLOCK if self in _BLOCKING else Outcome.NEEDS_APPROVAL

    @property
    def is_about_money(self) -> bool:
        """Tell whether the price alone is the reason, and not what is bought."""
        return self in _ABOUT_MONEY


_BLOCKING = frozenset({Reason.POLICY_INACTIVE, Reason.OTHER_CURRENCY, Reason.TYPE_BLOCKED})
_ABOUT_MONEY = frozenset(
    {
        Reason.OVER_PURCHASE_LIMIT,
        Reason.OVER_APPROVAL_THRESHOLD,
        Reason.OVER_DAILY_LIMIT,
        Reason.OVER_MONTHLY_LIMIT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One policy's numbers and lists, and what was spent under it in the current windows.

    vendor_allowlist: opaque vendor ids; empty allows every vendor.
    spent_today_cents, spent_this_month_cents: reserved money included, refunds left out; calendar
    day and month in UTC.
    """

    can_spend: bool
    currency: str
    max_per_purchase_cents: int
    daily_limit_cents: int
    monthly_limit_cents: int
    require_approval_above_cents: int
    vendor_allowlist: frozenset[str] = frozenset()
    blocked_types: frozenset[str] = frozenset()
    min_release_age: timedelta = timedelta()
    verified_vendors_only: bool = False
    allow_executable: bool = False
    spent_today_cents: int = 0
    spent_this_month_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is to be bought. `released_at` is when the version that counts was published."""

    price_cents: int
    currency: str
    vendor_id: str
    is_vendor_verified: bool
    package_type: str
    runs_code: bool
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome, and every reason for it, in the order of `Reason`."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


def decide(policies: Iterable[Limits], offer: Offer, *, now: datetime) -> Decision:
    """Decide over an offer under every policy that applies: the strictest wins.

    Without any policy it is allowed: a person in a browser approves each price themselves.
    """
    met = {reason for limits in policies for reason in _reasons(limits, offer, now)}
    reasons = tuple(reason for reason in Reason if reason in met)
    outcomes = [reason.outcome for reason in reasons]
    for outcome in (Outcome.BLOCK, Outcome.NEEDS_APPROVAL):
        if outcome in outcomes:
            return Decision(outcome, reasons)
    return Decision(Outcome.ALLOW)


def _reasons(limits: Limits, offer: Offer, now: datetime) -> list[Reason]:
    price, allowed_vendors = offer.price_cents, limits.vendor_allowlist
    met = {
        Reason.POLICY_INACTIVE: not limits.can_spend,
        Reason.OTHER_CURRENCY: offer.currency != limits.currency,
        Reason.TYPE_BLOCKED: offer.package_type in limits.blocked_types,
        Reason.OVER_PURCHASE_LIMIT: price > limits.max_per_purchase_cents,
        Reason.OVER_APPROVAL_THRESHOLD: price > limits.require_approval_above_cents,
        Reason.OVER_DAILY_LIMIT: limits.spent_today_cents + price > limits.daily_limit_cents,
        Reason.OVER_MONTHLY_LIMIT: (
            limits.spent_this_month_cents + price > limits.monthly_limit_cents
        ),
        Reason.VENDOR_NOT_ALLOWED: bool(allowed_vendors) and offer.vendor_id not in allowed_vendors,
        Reason.VENDOR_UNVERIFIED: limits.verified_vendors_only and not offer.is_vendor_verified,
        Reason.RELEASE_TOO_YOUNG: now - offer.released_at < limits.min_release_age,
        Reason.RUNS_CODE: offer.runs_code and not limits.allow_executable,
    }
    return [reason for reason, holds in met.items() if holds]
