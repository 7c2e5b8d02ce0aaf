"""Money that went back to a buyer, and whose part it was."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from payments.models.order import Order

REASON_LENGTH = 500


class Refund(models.Model):
    """A part of an order's price, or all of it, back to where it came from.

    fee_cents of it come from the marketplace, the rest from the seller: from what they are owed,
    and `receivable_cents` of that from what they come to owe. reason: what was written.
    """

    append_only = True

    public_id = PublicIdField("rfd")
    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", editable=False)
    amount_cents = models.PositiveIntegerField(editable=False)
    fee_cents = models.PositiveIntegerField(editable=False)
    receivable_cents = models.PositiveIntegerField(default=0, editable=False)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    is_by_staff = models.BooleanField(editable=False)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, fee_cents__lte=F("amount_cents")),
                name="payments_refund_fee_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(receivable_cents__lte=F("amount_cents") - F("fee_cents")),
                name="payments_refund_receivable_within_sellers_part",
            ),
            models.CheckConstraint(
                condition=Q(is_by_staff=False) | ~Q(reason=""),
                name="payments_refund_staff_says_why",
            ),
        ]
        indexes = [models.Index(fields=["order", "-id"], name="payments_refund_by_order")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"refund:{self.public_id}"

    @property
    def event(self) -> str:
        """Return the ledger's event of it."""
        return f"refund:{self.public_id}"

    @property
    def seller_cents(self) -> int:
        """Return the seller's part."""
        return self.amount_cents - self.fee_cents
