"""Whatever is added to what binds a token, it never may more than before.

Stated over random policies and offers: with one restriction more, every reason that was met is met
still, and the outcome is the same or stricter. A restriction is any of `TIGHTENINGS`, or one more
policy beside the others.
"""

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from payments.spending import Decision, Limits, Offer, Outcome, decide

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
STRICTNESS = list(Outcome)
VENDORS = ["ven_a", "ven_b", "ven_c"]
TYPES = ["skill", "mcp", "rule"]
MOST_AGE = timedelta(days=60)


def subsets(of: Collection[str], *, least: int = 0) -> SearchStrategy[frozenset[str]]:
    """Draw any of the sets of these names, each as likely as another."""
    sizes = range(least, len(of) + 1)
    return st.sampled_from([frozenset(names) for size in sizes for names in combinations(of, size)])


# Small, so that sums often meet a limit, pass it by a cent, or stay a cent below.
CENTS = st.integers(0, 12)
AGES = st.one_of(st.sampled_from([timedelta(), MOST_AGE]), st.timedeltas(timedelta(), MOST_AGE))
LIMITS = st.builds(
    Limits,
    can_spend=st.booleans(),
    currency=st.sampled_from(["USD", "EUR"]),
    max_per_purchase_cents=CENTS,
    daily_limit_cents=CENTS,
    monthly_limit_cents=CENTS,
    require_approval_above_cents=CENTS,
    vendor_allowlist=subsets(VENDORS),
    blocked_types=subsets(TYPES),
    min_release_age=AGES,
    verified_vendors_only=st.booleans(),
    allow_executable=st.booleans(),
    spent_today_cents=CENTS,
    spent_this_month_cents=CENTS,
)
OFFERS = st.builds(
    Offer,
    price_cents=CENTS,
    currency=st.sampled_from(["USD", "EUR"]),
    vendor_id=st.sampled_from(VENDORS),
    is_vendor_verified=st.booleans(),
    package_type=st.sampled_from(TYPES),
    runs_code=st.booleans(),
    released_at=AGES.map(lambda age: NOW - age),
)


def _with(limits: Limits, name: str, value: Any) -> Limits:
    return replace(limits, **{name: value})


def _lower(name: str, limits: Limits) -> SearchStrategy[Limits]:
    return st.integers(0, getattr(limits, name)).map(partial(_with, limits, name))


def _more_spent(name: str, limits: Limits) -> SearchStrategy[Limits]:
    return CENTS.map(lambda cents: _with(limits, name, getattr(limits, name) + cents))


def _fewer_vendors(limits: Limits) -> SearchStrategy[Limits]:
    """Shrink the list; an empty one lets everybody in, so any list at all is narrower."""
    kept = subsets(sorted(limits.vendor_allowlist) or VENDORS, least=1)
    return kept.map(lambda names: replace(limits, vendor_allowlist=names))


def _more_types(limits: Limits) -> SearchStrategy[Limits]:
    return subsets(TYPES).map(
        lambda types: replace(limits, blocked_types=limits.blocked_types | types)
    )


def _older(limits: Limits) -> SearchStrategy[Limits]:
    ages = st.timedeltas(limits.min_release_age, MOST_AGE)
    return ages.map(lambda age: replace(limits, min_release_age=age))


def _set(name: str, *, to: bool) -> Callable[[Limits], SearchStrategy[Limits]]:
    return lambda limits: st.just(_with(limits, name, to))


TIGHTENINGS: dict[str, Callable[[Limits], SearchStrategy[Limits]]] = {
    "can_spend": _set("can_spend", to=False),
    "max_per_purchase_cents": partial(_lower, "max_per_purchase_cents"),
    "daily_limit_cents": partial(_lower, "daily_limit_cents"),
    "monthly_limit_cents": partial(_lower, "monthly_limit_cents"),
    "require_approval_above_cents": partial(_lower, "require_approval_above_cents"),
    "vendor_allowlist": _fewer_vendors,
    "blocked_types": _more_types,
    "min_release_age": _older,
    "verified_vendors_only": _set("verified_vendors_only", to=True),
    "allow_executable": _set("allow_executable", to=False),
    "spent_today_cents": partial(_more_spent, "spent_today_cents"),
    "spent_this_month_cents": partial(_more_spent, "spent_this_month_cents"),
}


def is_as_strict(after: Decision, before: Decision) -> bool:
    """Tell whether nothing that a decision held against an offer is gone."""
    is_no_looser = STRICTNESS.index(after.outcome) >= STRICTNESS.index(before.outcome)
    return is_no_looser and set(after.reasons) >= set(before.reasons)


def test_every_field_of_a_policy_can_be_tightened() -> None:
    # A currency is neither looser nor stricter than another.
    assert {field.name for field in fields(Limits)} - {"currency"} == set(TIGHTENINGS)
    assert [outcome.value for outcome in STRICTNESS] == ["allow", "needs_approval", "block"]


@pytest.mark.parametrize("name", TIGHTENINGS)
@given(limits=LIMITS, others=st.lists(LIMITS, max_size=1), offer=OFFERS, data=st.data())
def test_a_tighter_policy_never_widens_what_is_allowed(
    name: str, limits: Limits, others: list[Limits], offer: Offer, data: DataObject
) -> None:
    tighter = data.draw(TIGHTENINGS[name](limits))
    before = decide([limits, *others], offer, now=NOW)
    assert is_as_strict(decide([tighter, *others], offer, now=NOW), before)


@given(policies=st.lists(LIMITS, max_size=3), more=LIMITS, offer=OFFERS, place=st.integers(0, 3))
def test_another_policy_never_widens_what_is_allowed(
    policies: list[Limits], more: Limits, offer: Offer, place: int
) -> None:
    before = decide(policies, offer, now=NOW)
    together = [*policies[:place], more, *policies[place:]]
    assert is_as_strict(decide(together, offer, now=NOW), before)


@given(policies=st.lists(LIMITS, max_size=3), offer=OFFERS)
def test_policies_together_are_as_strict_as_the_strictest_and_no_more(
    policies: list[Limits], offer: Offer
) -> None:
    together = decide(policies, offer, now=NOW)
    apart = [decide([limits], offer, now=NOW) for limits in policies]
    outcomes = [STRICTNESS.index(decision.outcome) for decision in apart]
    assert STRICTNESS.index(together.outcome) == max(outcomes, default=0)
    assert set(together.reasons) == {reason for decision in apart for reason in decision.reasons}
