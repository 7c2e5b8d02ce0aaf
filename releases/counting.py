"""Count downloads towards their listings, away from whoever downloads."""

from celery import shared_task
from django.db import transaction
from django.db.models import Count, F

from catalog.models import Listing
from releases.models import DailyDownload

_AT_ONCE = 500


@shared_task(name="releases.count_downloads")
def count_downloads() -> int:
    """Add what is not counted yet; return how many downloads that were."""
    total = 0
    waiting = DailyDownload.objects.filter(is_counted=False).order_by().values("listing")
    for row in waiting.annotate(number=Count("pk"))[:_AT_ONCE]:
        total += _count(row["listing"])
    return total


@transaction.atomic
def _count(listing_key: int) -> int:
    # Held first: two runs at once must not both count the same rows.
    Listing.objects.select_for_update().only("pk").get(pk=listing_key)
    waiting = DailyDownload.objects.filter(listing=listing_key, is_counted=False)
    number = waiting.update(is_counted=True)
    Listing.objects.filter(pk=listing_key).update(
        downloads=F("downloads") + number, popularity=F("popularity") + number
    )
    return number
