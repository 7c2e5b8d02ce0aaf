"""A price is divided to the cent, and nobody loses one."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import pricing

CENTS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("price", "fee"),
    [(99, 10), (100, 10), (104, 10), (105, 11), (499, 50), (50_000, 5_000), (0, 0)],
)
def test_the_fee_is_a_tenth_and_half_a_cent_goes_up(price: int, fee: int) -> None:
    assert pricing.split(price).fee_cents == fee


@given(CENTS)
def test_the_parts_are_the_price(price: int) -> None:
    parts = pricing.split(price)
    assert parts.fee_cents + parts.seller_cents == price
    assert 0 <= parts.fee_cents <= price


@given(CENTS)
def test_the_fee_is_what_exact_arithmetic_says(price: int) -> None:
    exact = (Decimal(price) / 10).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert pricing.split(price).fee_cents == exact


@given(CENTS, CENTS)
def test_a_higher_price_never_gives_the_seller_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert pricing.split(low).seller_cents <= pricing.split(high).seller_cents


def test_a_marketplace_may_take_nothing(settings: Any) -> None:
    settings.PLATFORM_FEE_PERCENT = 0
    assert pricing.split(499).seller_cents == 499


def test_no_price_is_below_zero() -> None:
    with pytest.raises(ValueError, match="below zero"):
        pricing.split(-1)
