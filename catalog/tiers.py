"""Sort the shelf into tiers of popularity, so that search looks at the popular ones first."""

from celery import shared_task
from django.db.models import Q

from catalog.models import Listing
from catalog.models.listing import FIRST_TIER_ROWS, LAST_TIER, SECOND_TIER_ROWS

_BATCH = 5_000


@shared_task(name="catalog.sort_into_tiers")
def sort_into_tiers() -> int:
    """Move each listing to the tier of its rank; return how many moved.

    Only rows that change are written: an index entry is costlier than the look.
    """
    first, second = _boundary(FIRST_TIER_ROWS), _boundary(SECOND_TIER_ROWS)
    is_first = _at_least(first)
    is_second = ~is_first & _at_least(second)
    moved = _move(is_first, 0) + _move(is_second, 1)
    return moved + _move(~is_first & ~is_second, LAST_TIER)


def _boundary(rank: int) -> tuple[int, int] | None:
    """Return popularity and key of the row of a rank; None when the shelf is shorter."""
    ordered = Listing.objects.order_by("-popularity", "-id").values_list("popularity", "id")
    return next(iter(ordered[rank - 1 : rank]), None)


def _at_least(boundary: tuple[int, int] | None) -> Q:
    if boundary is None:
        return Q(pk__isnull=False)
    popularity, key = boundary
    return Q(popularity__gt=popularity) | Q(popularity=popularity, id__gte=key)


def _move(rows: Q, tier: int) -> int:
    moved = 0
    wrong = Listing.objects.filter(rows).exclude(tier=tier).order_by("pk")
    while keys := list(wrong.values_list("pk", flat=True)[:_BATCH]):
        moved += Listing.objects.filter(pk__in=keys).update(tier=tier)
    return moved
