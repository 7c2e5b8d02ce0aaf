"""Prices, as people read them."""

from django import template
from django.conf import settings

register = template.Library()

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@register.filter
def price(cents: int) -> str:
    """Return `Free`, `$4.99`, or `4.99 CHF` where the currency has no sign of its own."""
    if cents == 0:
        return "Free"
    amount = f"{cents // 100:,}.{cents % 100:02}"
    currency: str = settings.CURRENCY
    sign = _SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{amount} {currency}"
