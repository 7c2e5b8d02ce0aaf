"""Sizes and numbers, as people read them."""

from django import template

register = template.Library()

_STEP = 1000
_UNITS = ("kB", "MB", "GB")


@register.filter
def size(number: int) -> str:
    """Return a number of bytes in the largest unit that it fills: `812 B`, `34.2 kB`."""
    if number < _STEP:
        return f"{number} B"
    power = min((len(str(number)) - 1) // 3, len(_UNITS))
    amount = f"{number / _STEP**power:.1f}".removesuffix(".0")
    return f"{amount} {_UNITS[power - 1]}"


@register.filter
def grouped(number: int) -> str:
    """Return a number with its thousands apart: `1,234`."""
    return f"{number:,}"
