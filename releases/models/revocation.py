"""Two persons take a release out for good, and everybody who has it is told."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from releases.models.case import REASON_CHARACTERS
from releases.models.release import Release
from releases.models.told import Notice, Told, ToldQuerySet


class RevocationQuerySet(ToldQuerySet["Revocation"]):
    """Questions about many requests."""

    def waiting(self) -> "RevocationQuerySet":
        """Keep those that nobody has confirmed or declined."""
        return self.filter(confirmed_at__isnull=True, declined_at__isnull=True)


class Revocation(Told):
    """One person asks, another confirms or somebody declines.

    answer: why it was declined.
    """

    TO_TELL = Q(confirmed_at__isnull=False)

    release = models.ForeignKey(Release, models.PROTECT, related_name="revocations")
    reason = models.CharField(max_length=REASON_CHARACTERS)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=REASON_CHARACTERS, blank=True)

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


class RevocationNotice(Notice):
    """Somebody who had a release knows that it was taken out."""

    revocation = models.ForeignKey(Revocation, models.PROTECT, related_name="notices")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revocation", "user"], name="releases_revocationnotice_once"
            ),
        ]
