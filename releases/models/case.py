"""Cases that wait for a person."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from releases.models.release import Release

REASON_CHARACTERS = 500


class Cause(models.TextChoices):
    """Why a person should look."""

    HELD = "held", "held by its scan"
    RESCAN = "rescan", "a later scan found something"
    DISPUTE = "dispute", "its seller contests a finding"
    NEW_OWNER = "new-owner", "new owner: the listing has changed hands"


class Outcome(models.TextChoices):
    """What came of it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXAMINED_AGAIN = "examined-again"
    CLEARED = "cleared"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ANSWERED = "answered"


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about many cases."""

    def open(self) -> "CaseQuerySet":
        """Keep those that still wait."""
        return self.filter(closed_at__isnull=True)

    def late(self, *, now: datetime) -> "CaseQuerySet":
        """Keep those that wait longer than they should."""
        return self.open().filter(due_at__lte=now)


class Case(models.Model):
    """One case of one release, from the moment it was opened until somebody has decided.

    A release has one open case at most; it stays flagged while it has one.
    """

    public_id = PublicIdField("rvw")
    release = models.ForeignKey(Release, models.PROTECT, related_name="cases")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Empty for the service itself, which closes what a later scan has settled.
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=15, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=REASON_CHARACTERS, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        # What the admin calls the list of them.
        verbose_name_plural = "review queue"
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(closed_at__isnull=True),
                name="releases_case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values), name="releases_case_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]),
                name="releases_case_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="releases_case_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("opened_at")), name="releases_case_due_after_opened"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="releases_case_waiting",
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return what it is about, for the admin."""
        return self.release.label
