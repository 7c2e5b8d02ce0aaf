"""The one decision over what a token may spend."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.spending import Limits, Offer, Outcome, Reason, decide

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
# The numbers every account begins with (SPEC 8).
DEFAULT = Limits(
    can_spend=True,
    currency="USD",
    max_per_purchase_cents=1_000,
    daily_limit_cents=5_000,
    monthly_limit_cents=20_000,
    require_approval_above_cents=500,
)
OFFER = Offer(
    price_cents=499,
    currency="USD",
    vendor_id="ven_acme",
    is_vendor_verified=False,
    package_type="skill",
    runs_code=False,
    released_at=NOW - timedelta(days=30),
)
_STRICTNESS = [Outcome.ALLOW, Outcome.NEEDS_APPROVAL, Outcome.BLOCK]


def reasons(limits: dict[str, Any], offer: dict[str, Any]) -> set[Reason]:
    """Return why an offer is not simply allowed."""
    return set(decide([replace(DEFAULT, **limits)], replace(OFFER, **offer), now=NOW).reasons)


def test_a_cheap_offer_is_allowed_by_the_default() -> None:
    assert decide([DEFAULT], OFFER, now=NOW).outcome is Outcome.ALLOW


def test_without_a_policy_a_person_decides() -> None:
    assert decide([], replace(OFFER, price_cents=50_000), now=NOW).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    ("limits", "offer", "expected"),
    [
        ({"require_approval_above_cents": 499}, {}, set()),
        ({"require_approval_above_cents": 498}, {}, {Reason.OVER_APPROVAL_THRESHOLD}),
        ({"max_per_purchase_cents": 499}, {}, set()),
        ({"max_per_purchase_cents": 498}, {}, {Reason.OVER_PURCHASE_LIMIT}),
        ({"spent_today_cents": 4_501}, {}, set()),
        ({"spent_today_cents": 4_502}, {}, {Reason.OVER_DAILY_LIMIT}),
        ({"spent_this_month_cents": 19_501}, {}, set()),
        ({"spent_this_month_cents": 19_502}, {}, {Reason.OVER_MONTHLY_LIMIT}),
        ({"vendor_allowlist": frozenset({"ven_acme"})}, {}, set()),
        ({"vendor_allowlist": frozenset({"ven_other"})}, {}, {Reason.VENDOR_NOT_ALLOWED}),
        ({"blocked_types": frozenset({"mcp"})}, {}, set()),
        ({"blocked_types": frozenset({"skill"})}, {}, {Reason.TYPE_BLOCKED}),
        ({"verified_vendors_only": True}, {}, {Reason.VENDOR_UNVERIFIED}),
        ({"verified_vendors_only": True}, {"is_vendor_verified": True}, set()),
        ({"min_release_age": timedelta(days=30)}, {}, set()),
        (
            {"min_release_age": timedelta(days=30, microseconds=1)},
            {},
            {Reason.RELEASE_TOO_YOUNG},
        ),
        ({}, {"runs_code": True}, {Reason.RUNS_CODE}),
        ({"allow_executable": True}, {"runs_code": True}, set()),
        ({}, {"currency": "EUR"}, {Reason.OTHER_CURRENCY}),
        ({"can_spend": False}, {}, {Reason.POLICY_INACTIVE}),
    ],
)
def test_each_limit_speaks_for_itself(
    limits: dict[str, Any], offer: dict[str, Any], expected: set[Reason]
) -> None:
    assert reasons(limits, offer) == expected


def test_every_reason_is_told() -> None:
    met = reasons({"spent_today_cents": 5_000}, {"price_cents": 1_001, "runs_code": True})
    assert met == {
        Reason.OVER_PURCHASE_LIMIT,
        Reason.OVER_APPROVAL_THRESHOLD,
        Reason.OVER_DAILY_LIMIT,
        Reason.RUNS_CODE,
    }


def test_what_blocks_wins_over_what_can_be_approved() -> None:
    decision = decide([replace(DEFAULT, can_spend=False)], replace(OFFER, price_cents=900), now=NOW)
    assert decision.outcome is Outcome.BLOCK
    assert decision.reasons == (Reason.POLICY_INACTIVE, Reason.OVER_APPROVAL_THRESHOLD)


def test_the_stricter_of_two_policies_wins() -> None:
    strict = replace(DEFAULT, require_approval_above_cents=100)
    for policies in ([DEFAULT, strict], [strict, DEFAULT]):
        assert decide(policies, OFFER, now=NOW).outcome is Outcome.NEEDS_APPROVAL


_CENTS = st.integers(0, 30_000)
_LIMITS = st.builds(
    Limits,
    can_spend=st.booleans(),
    currency=st.sampled_from(["USD", "EUR"]),
    max_per_purchase_cents=_CENTS,
    daily_limit_cents=_CENTS,
    monthly_limit_cents=_CENTS,
    require_approval_above_cents=_CENTS,
    vendor_allowlist=st.frozensets(st.sampled_from(["ven_a", "ven_b"])),
    blocked_types=st.frozensets(st.sampled_from(["skill", "mcp"])),
    min_release_age=st.timedeltas(timedelta(), timedelta(days=60)),
    verified_vendors_only=st.booleans(),
    allow_executable=st.booleans(),
    spent_today_cents=_CENTS,
    spent_this_month_cents=_CENTS,
)
_OFFERS = st.builds(
    Offer,
    price_cents=_CENTS,
    currency=st.sampled_from(["USD", "EUR"]),
    vendor_id=st.sampled_from(["ven_a", "ven_b", "ven_c"]),
    is_vendor_verified=st.booleans(),
    package_type=st.sampled_from(["skill", "mcp", "rule"]),
    runs_code=st.booleans(),
    released_at=st.timedeltas(timedelta(), timedelta(days=60)).map(lambda age: NOW - age),
)


@given(policies=st.lists(_LIMITS, max_size=3), more=_LIMITS, offer=_OFFERS)
def test_another_policy_never_widens_what_is_allowed(
    policies: list[Limits], more: Limits, offer: Offer
) -> None:
    before = decide(policies, offer, now=NOW).outcome
    after = decide([*policies, more], offer, now=NOW).outcome
    assert _STRICTNESS.index(after) >= _STRICTNESS.index(before)


@given(limits=_LIMITS, offer=_OFFERS, cents=st.integers(1, 1_000))
def test_a_lower_limit_never_widens_what_is_allowed(
    limits: Limits, offer: Offer, cents: int
) -> None:
    names = (
        *("max_per_purchase_cents", "daily_limit_cents"),
        *("monthly_limit_cents", "require_approval_above_cents"),
    )
    before = set(decide([limits], offer, now=NOW).reasons)
    for name in names:
        tighter = replace(limits, **{name: max(0, getattr(limits, name) - cents)})
        assert before <= set(decide([tighter], offer, now=NOW).reasons)
