"""A walk over releases that scans each again under the rules of today."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models import Listing
from releases.models.release import Release


class RescanCampaign(models.Model):
    """How far a walk has come; a worker holds it under a lease, and another goes on where it was.

    ruleset: the version that everything is scanned under. of_ruleset: only releases whose report
    is of this version; empty means all that are not of today's. listing, release: only these.
    cursor: the key of the last release that was scanned. attempts: how often workers have begun
    with the next one. is_superseded: it ended early, because the rules changed meanwhile.
    """

    public_id = PublicIdField("rsc")
    ruleset = models.CharField(max_length=64)
    of_ruleset = models.CharField(max_length=64, blank=True)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="+")
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="rescans")
    # Empty for who has a shell on the machine.
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    cursor = models.PositiveBigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    scanned = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    suspended = models.PositiveIntegerField(default=0)
    inconclusive = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_superseded = models.BooleanField(default=False)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(finished_at__isnull=True),
                name="releases_rescancampaign_one_of_a_release",
            ),
            models.CheckConstraint(
                condition=Q(ruleset__regex=r"^[0-9a-f]{64}$"),
                name="releases_rescancampaign_ruleset_shape",
            ),
            models.CheckConstraint(
                condition=Q(of_ruleset__regex=r"^(?:[0-9a-f]{64})?$"),
                name="releases_rescancampaign_of_ruleset_shape",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                name="releases_rescan_running",
                condition=Q(finished_at__isnull=True),
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"rescan:{self.public_id}"
