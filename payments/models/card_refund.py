"""Money on its way back to the card that paid."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.public_id import PublicIdField
from payments.models.order import Order
from payments.models.payer import PROVIDER_ID_LENGTH
from payments.models.refund import Refund

PROBLEM_LENGTH = 100


class CardRefundState(models.TextChoices):
    """How it stands. Its money is in transit until it is back on the card or in the wallet."""

    PENDING = "pending", "On its way to the card"
    SUCCEEDED = "succeeded", "Back on the card"
    CREDITED = "credited", "In the wallet instead"
    OVERTAKEN = "overtaken", "Given back by the bank"
    FAILED = "failed", "Waits for staff"


_ENDED = (CardRefundState.SUCCEEDED, CardRefundState.CREDITED, CardRefundState.OVERTAKEN)
# The provider's word where a bank was faster.
DISPUTED = "charge_disputed"


class CardRefundQuerySet(models.QuerySet["CardRefund"]):
    """Questions about many of them."""

    def overdue(self, *, now: datetime) -> "CardRefundQuerySet":
        """Keep those about which the provider should be asked by now."""
        return self.filter(state=CardRefundState.PENDING, check_at__lte=now)

    def stopped_by_dispute(self) -> "CardRefundQuerySet":
        """Keep those that the provider has refused because the payment is disputed."""
        return self.filter(state=CardRefundState.FAILED, problem=DISPUTED)

    def with_order(self) -> "CardRefundQuerySet":
        """Bring the order and its buyer in the same query."""
        return self.select_related(
            "order__user", "order__organization", "order__placed_by", "order__listing", "refund"
        )


class CardRefund(models.Model):
    """What the provider is to give back of one payment.

    refund: what of the order went back; none for a payment that has bought nothing, because its
    order had ended or its buyer had the listing by then.
    """

    public_id = PublicIdField("crf")
    order = models.ForeignKey(Order, models.PROTECT, related_name="card_refunds", editable=False)
    refund = models.OneToOneField(
        Refund, models.PROTECT, null=True, related_name="card_refund", editable=False
    )
    intent_id = models.CharField(max_length=PROVIDER_ID_LENGTH, editable=False)
    amount_cents = models.PositiveIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    state = models.CharField(
        max_length=9,
        choices=CardRefundState.choices,
        default=CardRefundState.PENDING,
        editable=False,
    )
    provider_refund_id = models.CharField(  # noqa: DJ001 (NULL until there is one; '' would collide)
        max_length=PROVIDER_ID_LENGTH, null=True, unique=True, editable=False
    )
    # Part of the idempotency key under which the provider is asked.
    attempt = models.PositiveIntegerField(default=1, editable=False)
    # In the provider's words.
    problem = models.CharField(max_length=PROBLEM_LENGTH, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the provider is asked next, and how often it was.
    check_at = models.DateTimeField(default=timezone.now, editable=False)
    checks = models.PositiveIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = CardRefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_cardrefund_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_cardrefund_currency_shape",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CardRefundState.values),
                name="payments_cardrefund_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True)),
                name="payments_cardrefund_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=CardRefundState.FAILED) | ~Q(problem=""),
                name="payments_cardrefund_failed_for_a_reason",
            ),
            # A payment that has bought nothing goes back once, however often it is told of.
            models.UniqueConstraint(
                fields=["intent_id"],
                condition=Q(refund__isnull=True),
                name="payments_cardrefund_one_of_a_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "-id"], name="payments_cardrefund_by_order"),
            models.Index(
                fields=["check_at"],
                name="payments_cardrefund_open",
                condition=Q(state=CardRefundState.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"card_refund:{self.public_id}"

    @property
    def event(self) -> str:
        """Return the ledger's event of it."""
        return f"card_refund:{self.public_id}"

    @property
    def key(self) -> str:
        """Return the idempotency key of this attempt."""
        return f"{self.public_id}:{self.attempt}"

    def move(self, *states: CardRefundState, **changes: object) -> bool:
        """Change it if it is in one of these states; tell whether it was."""
        return CardRefund.objects.filter(pk=self.pk, state__in=states).update(**changes) == 1

    def take_check(self, *, now: datetime, next_at: datetime) -> bool:
        """Take the right to ask the provider; nobody else has it before `next_at`."""
        due = CardRefund.objects.overdue(now=now).filter(pk=self.pk)
        return due.update(check_at=next_at, checks=F("checks") + 1) == 1
