"""Limits that are counted in the rows themselves: nothing counts twice, nothing is forgotten."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

_SHORTEST = timedelta(seconds=1)


def wait_for(
    rows: QuerySet[Any], moment: str, *, most: int, window: timedelta, now: datetime
) -> timedelta | None:
    """Return how long it takes until one more row may come; None if it may come now.

    rows: those that count, of which `most` may come in any window. moment: the field that says when
    each came. The number is exact while the caller holds what those who add rows stand in line for.
    """
    recent = rows.filter(**{f"{moment}__gt": now - window}).order_by(f"-{moment}")
    oldest_that_counts = recent.values_list(moment, flat=True)[most - 1 : most].first()
    if oldest_that_counts is None:
        return None
    wait: timedelta = oldest_that_counts + window - now
    return max(_SHORTEST, wait)
