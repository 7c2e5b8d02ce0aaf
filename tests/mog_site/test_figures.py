"""Prices, sizes and numbers as people read them."""

from typing import Any

import pytest

from mog_site.templatetags.money import price
from mog_site.templatetags.sizes import grouped, size


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "Free"), (5, "$0.05"), (99, "$0.99"), (499, "$4.99"), (123_456, "$1,234.56")],
)
def test_a_price_reads_as_money(cents: int, text: str) -> None:
    assert price(cents) == text


def test_a_currency_without_a_sign_is_named(settings: Any) -> None:
    settings.CURRENCY = "CHF"
    assert price(499) == "4.99 CHF"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (34_210, "34.2 kB"),
        (26_214_400, "26.2 MB"),
        (5_000_000_000, "5 GB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_a_size_is_in_the_largest_unit_it_fills(number: int, text: str) -> None:
    assert size(number) == text


def test_thousands_stand_apart() -> None:
    assert grouped(1_234_567) == "1,234,567"
