"""The one decision over what a token may spend."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
        ({"vendor_allowlist": frozenset({"ven_acme"})}, {}, set()),
        ({"vendor_allowlist": frozenset({"ven_other"})}, {}, {Reason.VENDOR_NOT_ALLOWED}),
        ({"blocked_types": frozenset({"mcp"})}, {}, set()),
        ({"blocked_types": frozenset({"skill"})}, {}, {Reason.TYPE_BLOCKED}),
        ({"verified_vendors_only": True}, {}, {Reason.VENDOR_UNVERIFIED}),
        ({"verified_vendors_only": True}, {"is_vendor_verified": True}, set()),
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


# A limit, and the reason that its price, with what was spent before, leads to one cent above it.
BOUNDARIES = [
    ("max_per_purchase_cents", "", Reason.OVER_PURCHASE_LIMIT),
    ("require_approval_above_cents", "", Reason.OVER_APPROVAL_THRESHOLD),
    ("daily_limit_cents", "", Reason.OVER_DAILY_LIMIT),
    ("daily_limit_cents", "spent_today_cents", Reason.OVER_DAILY_LIMIT),
    ("monthly_limit_cents", "", Reason.OVER_MONTHLY_LIMIT),
    ("monthly_limit_cents", "spent_this_month_cents", Reason.OVER_MONTHLY_LIMIT),
]


@pytest.mark.parametrize("above", [-1, 0, 1])
@pytest.mark.parametrize(("limit", "spent", "reason"), BOUNDARIES)
@pytest.mark.parametrize("price_cents", [0, 1, 499])
def test_a_limit_may_be_reached_and_not_passed(
    limit: str, spent: str, reason: Reason, price_cents: int, above: int
) -> None:
    before = {spent: 2_000} if spent else {}
    says = before | {limit: price_cents + sum(before.values()) - above}
    if says[limit] >= 0:  # no policy says less
        met = reasons(says, {"price_cents": price_cents})
        assert met == ({reason} if above > 0 else set())


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(days=30, microseconds=1), set()),
        (timedelta(days=30), set()),
        (timedelta(days=30, microseconds=-1), {Reason.RELEASE_TOO_YOUNG}),
        (timedelta(0), {Reason.RELEASE_TOO_YOUNG}),
        (timedelta(seconds=-1), {Reason.RELEASE_TOO_YOUNG}),  # released after the question
    ],
)
def test_a_release_is_old_enough_from_its_very_moment(
    age: timedelta, expected: set[Reason]
) -> None:
    offer = {"released_at": NOW - age}
    assert reasons({"min_release_age": timedelta(days=30)}, offer) == expected


def test_a_policy_of_zeros_lets_what_is_free_pass_and_no_cent() -> None:
    names = (name for name, _, _ in BOUNDARIES)
    zeros = dict.fromkeys(names, 0)
    assert reasons(zeros, {"price_cents": 0}) == set()
    assert reasons(zeros, {"price_cents": 1}) == {reason for _, _, reason in BOUNDARIES}


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


# What two policies say, such as a token's and its organization's, and what comes of both.
PAIRS: list[tuple[dict[str, Any], dict[str, Any], Outcome, tuple[Reason, ...]]] = [
    ({}, {}, Outcome.ALLOW, ()),
    (
        {},
        {"require_approval_above_cents": 100},
        Outcome.NEEDS_APPROVAL,
        (Reason.OVER_APPROVAL_THRESHOLD,),
    ),
    ({}, {"can_spend": False}, Outcome.BLOCK, (Reason.POLICY_INACTIVE,)),
    (
        {"spent_today_cents": 4_502},
        {"spent_this_month_cents": 19_502},
        Outcome.NEEDS_APPROVAL,
        (Reason.OVER_DAILY_LIMIT, Reason.OVER_MONTHLY_LIMIT),
    ),
    (
        {"max_per_purchase_cents": 400},
        {"blocked_types": frozenset({"skill"}), "max_per_purchase_cents": 400},
        Outcome.BLOCK,
        (Reason.TYPE_BLOCKED, Reason.OVER_PURCHASE_LIMIT),
    ),
    (
        {"vendor_allowlist": frozenset({"ven_acme"})},
        {"vendor_allowlist": frozenset({"ven_other"})},
        Outcome.NEEDS_APPROVAL,
        (Reason.VENDOR_NOT_ALLOWED,),
    ),
]


@pytest.mark.parametrize(("one", "other", "outcome", "expected"), PAIRS)
def test_the_stricter_of_two_policies_wins_and_both_say_why(
    one: dict[str, Any], other: dict[str, Any], outcome: Outcome, expected: tuple[Reason, ...]
) -> None:
    policies = [replace(DEFAULT, **one), replace(DEFAULT, **other)]
    for asked in (policies, policies[::-1]):
        decision = decide(asked, OFFER, now=NOW)
        assert (decision.outcome, decision.reasons) == (outcome, expected)


def test_every_reason_leads_to_one_outcome() -> None:
    blocking = {reason for reason in Reason if reason.outcome is Outcome.BLOCK}
    assert blocking == {Reason.POLICY_INACTIVE, Reason.OTHER_CURRENCY, Reason.TYPE_BLOCKED}
    assert {reason.outcome for reason in set(Reason) - blocking} == {Outcome.NEEDS_APPROVAL}
