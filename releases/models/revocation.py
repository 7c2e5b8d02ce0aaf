"""Two persons take a release out for good, and everybody who has it is told."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from releases.models.case import REASON_CHARACTERS
from releases.models.release import Release


class RevocationQuerySet(models.QuerySet["Revocation"]):
    """Questions about many requests."""

    def waiting(self) -> "RevocationQuerySet":
        """Keep those that nobody has confirmed or declined."""
        return self.filter(confirmed_at__isnull=True, declined_at__isnull=True)

    def untold(self, *, now: datetime) -> "RevocationQuerySet":
        """Keep those whose buyers are not all told, and whom no worker is telling."""
        untold = self.filter(confirmed_at__isnull=False, told_at__isnull=True)
        return untold.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


class Revocation(models.Model):
    """One person asks, another confirms or somebody declines.

    answer: why it was declined. told_at: when the last of its buyers was told; who was stands in
    `notices`. A worker that tells them holds it under a lease.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="revocations")
    reason = models.CharField(max_length=REASON_CHARACTERS)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=REASON_CHARACTERS, blank=True)
    told_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    objects = RevocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(declined_at__isnull=True),
                name="releases_revocation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("requested_by")),
                name="releases_revocation_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="releases_revocation_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, declined_by__isnull=True)
                | Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(answer=""),
                name="releases_revocation_declined_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(declined_at__isnull=True),
                name="releases_revocation_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmed_at"],
                name="releases_revocation_untold",
                condition=Q(confirmed_at__isnull=False, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return what is to be taken out, for the admin."""
        return self.release.label

    @property
    def is_waiting(self) -> bool:
        """Tell whether nobody has confirmed or declined it."""
        return self.confirmed_at is None and self.declined_at is None

    def claim(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Take it to tell its buyers, if nobody else does; tell whether it worked."""
        untold = Revocation.objects.untold(now=now).filter(pk=self.pk)
        return untold.update(lease_token=token, lease_until=now + lease) == 1

    def renew(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Keep it for longer; tell whether it is still ours."""
        held = Revocation.objects.filter(pk=self.pk, lease_token=token, lease_until__gt=now)
        return held.update(lease_until=now + lease) == 1


class RevocationNotice(models.Model):
    """One buyer was told, or could not be: written once their mail is on its way.

    Buyers are told in the order of their keys, so the highest one here is how far it has come.
    """

    append_only = True

    revocation = models.ForeignKey(Revocation, models.PROTECT, related_name="notices")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The mail server wanted none for this address.
    is_refused = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revocation", "user"], name="releases_revocationnotice_once"
            ),
        ]
