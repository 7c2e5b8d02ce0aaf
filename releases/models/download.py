"""Who fetched what on which day: once counts, however often it was."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Listing


class DailyDownload(models.Model):
    """One person, one listing, one day (UTC); counted towards the listing by a task."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    day = models.DateField()
    is_counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "user", "day"], name="releases_dailydownload_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["listing"],
                name="releases_dailydownload_waiting",
                condition=Q(is_counted=False),
            ),
        ]
