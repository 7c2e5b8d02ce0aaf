"""The keys under which people asked for something that must not happen twice."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization, User

KEY_LENGTH = 255
ROUTE_LENGTH = 60
# 256 bits in hexadecimal digits.
DIGEST_LENGTH = 64


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    """Questions about many keys."""

    def in_progress(self) -> "IdempotencyKeyQuerySet":
        """Keep those whose answer is not known yet."""
        return self.filter(status__isnull=True)

    def held_with(self, token: str) -> "IdempotencyKeyQuerySet":
        """Keep what one caller works on, unless somebody has taken it over."""
        return self.in_progress().filter(holder=token)

    def older_than(self, moment: datetime) -> "IdempotencyKeyQuerySet":
        """Keep those first used before a moment; nobody works on them any more."""
        idle = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        return self.filter(idle, created_at__lt=moment)


class IdempotencyKey(models.Model):
    """One key of one person: what it was used for, and the answer once something has moved.

    Either somebody works on it under a lease, or it has its answer.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="idempotency_keys")
    key = models.CharField(max_length=KEY_LENGTH, editable=False)
    # What else it is bound to; a use that differs in any of these is a mistake of the caller.
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="idempotency_keys"
    )
    route = models.CharField(max_length=ROUTE_LENGTH, editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    # The public id of the row that the first caller made; whoever takes over goes on with it.
    subject = models.CharField(max_length=40, blank=True, editable=False)
    holder = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    status = models.PositiveSmallIntegerField(null=True, editable=False)
    body = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="payments_idempotencykey_one_of_user"
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[!-~]{1,255}$"), name="payments_idempotencykey_shape"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="payments_idempotencykey_digest_shape",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__isnull=True, lease_until__isnull=False, body="") & ~Q(holder="")
                )
                | (
                    Q(status__isnull=False, status__gte=200, status__lt=300)
                    & Q(lease_until__isnull=True, holder="")
                    & ~Q(body="")
                ),
                name="payments_idempotencykey_leased_or_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="payments_idempotencykey_by_age"),
        ]
