"""Why nothing may be taken out of a wallet: a row for each reason, kept when it is gone."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from payments.models.account import Account
from payments.models.chargeback import Chargeback

FREEZE_REASON_LENGTH = 500


class WalletFreezeQuerySet(models.QuerySet["WalletFreeze"]):
    """Questions about many freezes."""

    def active(self) -> "WalletFreezeQuerySet":
        """Keep those that nobody has lifted."""
        return self.filter(lifted_at__isnull=True)

    def lift(self, *, by: User | None, reason: str, now: datetime) -> int:
        """Lift the active ones of these; return how many there were. by: None for the site."""
        return self.active().update(lifted_at=now, lifted_by=by, lift_reason=reason)


class WalletFreeze(models.Model):
    """One reason, by a chargeback or by staff. `Account.frozen_at` is that of the oldest active."""

    wallet = models.ForeignKey(Account, models.PROTECT, related_name="freezes", editable=False)
    chargeback = models.OneToOneField(
        Chargeback, models.PROTECT, null=True, related_name="freeze", editable=False
    )
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    # What staff wrote, for staff; a chargeback says it itself.
    reason = models.CharField(max_length=FREEZE_REASON_LENGTH, blank=True, editable=False)
    frozen_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    lift_reason = models.CharField(max_length=FREEZE_REASON_LENGTH, blank=True, editable=False)

    objects = WalletFreezeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(chargeback__isnull=False, frozen_by__isnull=True, reason="")
                | (Q(chargeback__isnull=True, frozen_by__isnull=False) & ~Q(reason="")),
                name="payments_walletfreeze_by_chargeback_or_staff",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="payments_walletfreeze_lifted_with_reason",
            ),
            models.UniqueConstraint(
                fields=["wallet"],
                condition=Q(chargeback__isnull=True, lifted_at__isnull=True),
                name="payments_walletfreeze_one_by_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} since {self.frozen_at}"
