"""A walk over releases that scans each again under the rules of today."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models import Listing
from releases.models.release import Release


class RescanQuerySet(models.QuerySet["RescanCampaign"]):
    """Questions about many walks."""

    def running(self) -> "RescanQuerySet":
        """Keep those that have not come to their end."""
        return self.filter(finished_at__isnull=True)

    def newest(self) -> "RescanQuerySet":
        """Keep the last one of each release."""
        newer = RescanCampaign.objects.filter(release=OuterRef("release"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer))

    def unattended(self, *, now: datetime) -> "RescanQuerySet":
        """Keep those that no worker holds and no message announces."""
        return self.running().filter(lease_until__lte=now)


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
    # A worker's claim, and until when nobody else may take it over; without a token, until when
    # the message to the workers may still be on its way.
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    objects = RescanQuerySet.as_manager()

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

    @property
    def is_conclusive(self) -> bool | None:
        """Tell whether anything was scanned to an end; None while it is under way."""
        return None if self.finished_at is None else self.scanned > self.inconclusive

    def claim(self, token: str, *, cursor: int, lease: timedelta, now: datetime) -> bool:
        """Take it where it stands, if nobody holds it; tell whether it worked."""
        is_free = Q(lease_token="") | Q(lease_until__lte=now)
        free = RescanCampaign.objects.running().filter(is_free, pk=self.pk, cursor=cursor)
        taken = free.update(lease_token=token, lease_until=now + lease, attempts=F("attempts") + 1)
        return taken == 1

    def renew(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Keep a claim for longer; tell whether it is still ours."""
        return self._held(token).update(lease_until=now + lease) == 1

    def advance(
        self, token: str, *, cursor: int, lease: timedelta, now: datetime, **more: int
    ) -> bool:
        """Go on behind a release and let go, in one step; tell whether the claim was still ours.

        more: what is added to the counts.
        """
        counts = {name: F(name) + number for name, number in more.items()}
        changes = {"lease_token": "", "lease_until": now + lease, "attempts": 0}
        return self._held(token).update(cursor=cursor, **changes, **counts) == 1

    def finish(self, token: str, *, now: datetime, is_superseded: bool = False) -> bool:
        """End it; tell whether the claim was still ours."""
        held = self._held(token)
        return held.update(finished_at=now, lease_token="", is_superseded=is_superseded) == 1

    def _held(self, token: str) -> RescanQuerySet:
        return RescanCampaign.objects.running().filter(pk=self.pk, lease_token=token)
