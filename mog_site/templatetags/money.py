"""Prices and amounts, as people read them."""

from django import template
from django.conf import settings

register = template.Library()

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@register.filter
def price(cents: int) -> str:
    """Return `Free`, `$4.99`, or `4.99 CHF` where the currency has no sign of its own."""
    return "Free" if cents == 0 else amount(cents)


@register.filter
def amount(cents: int) -> str:
    """Return `$4.99`, `$0.00`, `-$4.99` (with a minus sign), or `4.99 CHF`."""
    whole, part = divmod(abs(cents), 100)
    number = f"{whole:,}.{part:02}"
    currency: str = settings.CURRENCY
    sign = _SIGNS.get(currency)
    minus = "\N{MINUS SIGN}" if cents < 0 else ""
    return f"{minus}{sign}{number}" if sign else f"{minus}{number} {currency}"
