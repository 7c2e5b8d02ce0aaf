"""Money on its way to a vendor: one payout for each vendor and period."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.public_id import PublicIdField
from catalog.models import Vendor
from payments.models.seller_account import PROVIDER_ID_LENGTH, SellerAccount

PROBLEM_LENGTH = 100
# A key that has brought so many errors of the provider is left, once nothing has arrived under it.
SENT_ENOUGH = 2
# Something has arrived, and not what was to be paid: it is no longer only here.
ANOTHER_AMOUNT = "another_amount_was_sent"


class PayoutState(models.TextChoices):
    """How a payout stands. Its money is set aside until it is paid or canceled."""

    PENDING = "pending", "Pending"
    PROCESSING = "processing", "On its way"
    RETRYING = "retrying", "Delayed"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


# A worker has yet to do something.
_OPEN = (PayoutState.PENDING, PayoutState.PROCESSING, PayoutState.RETRYING)
_ENDED = (PayoutState.PAID, PayoutState.CANCELED)


class PayoutQuerySet(models.QuerySet["Payout"]):
    """Questions about many payouts."""

    def unattended(self, *, now: datetime) -> "PayoutQuerySet":
        """Keep those that are due and that no worker holds."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, state__in=_OPEN, due_at__lte=now)

    def earned_by(self, actor: Actor) -> "PayoutQuerySet":
        """Keep those to the vendors of an actor."""
        return self.filter(vendor__in=Vendor.objects.sold_under_by(actor))


class Payout(models.Model):
    """What a vendor is paid for a period, and how far that has come.

    A worker holds it under a lease while it asks the provider.
    """

    public_id = PublicIdField("pyo")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="payouts")
    account = models.ForeignKey(SellerAccount, models.PROTECT, related_name="payouts")
    # A week of ISO 8601: 2026-W48.
    period = models.CharField(max_length=8, editable=False)
    amount_cents = models.PositiveBigIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    state = models.CharField(
        max_length=10, choices=PayoutState.choices, default=PayoutState.PENDING, editable=False
    )
    # Part of the key under which the provider is asked: the same number never pays twice.
    attempt = models.PositiveIntegerField(default=1, editable=False)
    # How often this attempt was sent in vain: the provider has answered, and with an error.
    sent = models.PositiveIntegerField(default=0, editable=False)
    # How often the payout was tried since somebody began.
    tries = models.PositiveIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    # In the provider's words, or in ours.
    problem = models.CharField(max_length=PROBLEM_LENGTH, blank=True, editable=False)
    transfer_id = models.CharField(  # noqa: DJ001 (NULL until there is one; '' would collide)
        max_length=PROVIDER_ID_LENGTH, null=True, unique=True, editable=False
    )
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "period"], name="payments_payout_one_a_period"
            ),
            models.CheckConstraint(
                condition=Q(period__regex=r"^\d{4}-W\d{2}$"), name="payments_payout_period_shape"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_payout_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_payout_currency_shape"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PayoutState.values), name="payments_payout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=PayoutState.PAID, transfer_id__isnull=False)
                | (~Q(state=PayoutState.PAID) & Q(transfer_id__isnull=True)),
                name="payments_payout_paid_by_a_transfer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True)),
                name="payments_payout_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=PayoutState.FAILED) | ~Q(problem=""),
                name="payments_payout_failed_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="payments_payout_by_vendor"),
            models.Index(
                fields=["due_at"], name="payments_payout_open", condition=Q(state__in=_OPEN)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"payout:{self.public_id}"

    @property
    def event(self) -> str:
        """Return the ledger's event of it."""
        return f"payout:{self.public_id}"

    @property
    def key(self) -> str:
        """Return the idempotency key of this attempt."""
        return f"{self.public_id}:{self.attempt}"

    def claim(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Take it to pay it, if it is due and nobody else does; tell whether it worked."""
        free = Payout.objects.unattended(now=now).filter(pk=self.pk)
        taken = {"state": PayoutState.PROCESSING, "lease_token": token, "lease_until": now + lease}
        return free.update(**taken, tries=F("tries") + 1) == 1

    def raise_attempt(self, token: str) -> bool:
        """Take a fresh key, once nothing was sent under the old ones; tell whether it is ours."""
        return self._held(token).update(attempt=F("attempt") + 1, sent=0) == 1

    def let_go(self, token: str, state: PayoutState, **changes: object) -> bool:
        """Say how it stands now; tell whether it was still ours to say."""
        return self._held(token).update(state=state, **_FREE, **changes) == 1

    def reopen(self, *, now: datetime) -> bool:
        """Try a failed one anew, which begins with a look; tell whether it had failed."""
        fresh = {"state": PayoutState.RETRYING, "tries": 0, "sent": SENT_ENOUGH, "problem": ""}
        return self._failed().update(**fresh, due_at=now) == 1

    def cancel(self, *, now: datetime) -> bool:
        """End a failed one that nothing was paid of; tell whether there was one."""
        unpaid = self._failed().exclude(problem=ANOTHER_AMOUNT)
        return unpaid.update(state=PayoutState.CANCELED, ended_at=now) == 1

    def _failed(self) -> PayoutQuerySet:
        return Payout.objects.filter(pk=self.pk, state=PayoutState.FAILED)

    def _held(self, token: str) -> PayoutQuerySet:
        return Payout.objects.filter(pk=self.pk, state=PayoutState.PROCESSING, lease_token=token)


_FREE = {"lease_token": "", "lease_until": None}
