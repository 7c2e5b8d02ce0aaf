"""Moments, for machines and for people."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Beyond it a date says more than a distance.
_NEARBY = timedelta(days=14)


@register.filter
def rfc3339(at: datetime) -> str:
    """Return a moment for the `datetime` attribute, in UTC to the second (RFC 3339)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@register.filter
def written(at: datetime) -> str:
    """Return a moment as a date and a time of day that need no locale: `1 Jun 2026, 12:00 UTC`."""
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


@register.filter
def nearby(at: datetime) -> str:
    """Return how far off a moment is, or the moment itself when that is more than two weeks."""
    return distance(at, now=timezone.now()) or written(at)


def distance(at: datetime, *, now: datetime) -> str:
    """Return `5 minutes ago`, `in 2 days` or `just now`; empty for what is not near."""
    gap = abs(at - now)
    if gap > _NEARBY:
        return ""
    if gap < _MINUTE:
        return "just now" if at <= now else "in a moment"
    amount = _amount(gap)
    return f"{amount} ago" if at < now else f"in {amount}"


def _amount(gap: timedelta) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if gap >= unit:
            count = gap // unit
            return f"1 {name}" if count == 1 else f"{count} {name}s"
    raise ValueError(gap)
