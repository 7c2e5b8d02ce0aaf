"""What sellers contest, and what is remembered of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models import Listing
from releases.models.case import REASON_CHARACTERS
from releases.models.release import Release
from scanning.models import Finding

STATEMENT_CHARACTERS = 2000
_DIGEST_SHAPE = r"^[0-9a-f]{64}$"


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Questions about many disputes."""

    def open(self) -> "DisputeQuerySet":
        """Keep those that wait for an answer."""
        return self.filter(state=DisputeState.OPEN)


class Dispute(models.Model):
    """A seller says that one finding about one release is wrong; staff answers once."""

    public_id = PublicIdField("dsp")
    release = models.ForeignKey(Release, models.PROTECT, related_name="disputes")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    statement = models.CharField(max_length=STATEMENT_CHARACTERS)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=8, choices=DisputeState.choices, default=DisputeState.OPEN.value
    )
    # Empty for the service itself: a later scan no longer finds it.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=REASON_CHARACTERS, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "finding"], name="releases_dispute_once_a_finding"
            ),
            models.CheckConstraint(
                condition=~Q(statement=""), name="releases_dispute_has_statement"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values), name="releases_dispute_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.OPEN.value, decided_at__isnull=True)
                | ~Q(state=DisputeState.OPEN.value) & Q(decided_at__isnull=False) & ~Q(reason=""),
                name="releases_dispute_decided_has_reason",
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"dispute:{self.public_id}"


class FindingExceptionQuerySet(models.QuerySet["FindingException"]):
    """Questions about many exceptions."""

    def standing(self) -> "FindingExceptionQuerySet":
        """Keep those that nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class FindingException(models.Model):
    """A person has looked: this rule is wrong about these bytes of this listing.

    Whoever scans again finds it again, and it counts for nothing, unless a person changes their
    mind. file_sha256: of the file; of the archive, where the package as a whole was meant.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="exceptions")
    file_sha256 = models.CharField(max_length=64)
    rule = models.CharField(max_length=100)
    # Empty where staff accepted the release without being asked.
    dispute = models.ForeignKey(Dispute, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=REASON_CHARACTERS)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=REASON_CHARACTERS, blank=True)

    objects = FindingExceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "file_sha256", "rule"],
                condition=Q(withdrawn_at__isnull=True),
                name="releases_findingexception_once",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256__regex=_DIGEST_SHAPE),
                name="releases_findingexception_digest_shape",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawal_reason=""),
                name="releases_findingexception_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Return what is excepted where, for the admin."""
        return f"{self.rule} in {self.listing.name}"
