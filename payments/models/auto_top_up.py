"""A wallet that fills itself."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payments.models.payer import Payer
from payments.models.top_up import LEAST_CENTS, MOST_CENTS

# So many declines in a row end it until a person looks at it.
MOST_DECLINES = 2
MOST_MONTHLY_CENTS = 10 * MOST_CENTS


class AutoTopUp(models.Model):
    """Below which balance, by how much and up to how much a calendar month (UTC) a wallet is filled
    from its owner's default card.
    """

    payer = models.OneToOneField(Payer, models.PROTECT, related_name="auto_top_up")
    is_enabled = models.BooleanField(default=False)
    threshold_cents = models.PositiveIntegerField(default=LEAST_CENTS)
    amount_cents = models.PositiveIntegerField(default=2 * LEAST_CENTS)
    monthly_ceiling_cents = models.PositiveIntegerField(default=10 * LEAST_CENTS)
    # In a row, since it was last set or last succeeded.
    declines = models.PositiveSmallIntegerField(default=0, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gte=LEAST_CENTS, amount_cents__lte=MOST_CENTS),
                name="payments_autotopup_amount_in_limits",
            ),
            models.CheckConstraint(
                condition=Q(threshold_cents__gte=1, threshold_cents__lte=MOST_CENTS),
                name="payments_autotopup_threshold_in_limits",
            ),
            models.CheckConstraint(
                condition=Q(
                    monthly_ceiling_cents__gte=F("amount_cents"),
                    monthly_ceiling_cents__lte=MOST_MONTHLY_CENTS,
                ),
                name="payments_autotopup_ceiling_in_limits",
            ),
            models.CheckConstraint(
                condition=Q(declines__lt=MOST_DECLINES) | Q(is_enabled=False),
                name="payments_autotopup_stops_after_declines",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(is_enabled=False),
                name="payments_autotopup_stopped_is_off",
            ),
        ]

    def __str__(self) -> str:
        return self.payer.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"auto_top_up:{self.payer.public_id}"
