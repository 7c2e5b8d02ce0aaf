"""What moved: append-only rows with two sides, so that nothing can be out of balance."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payments.models.account import Account

EVENT_LENGTH = 60


class PostingQuerySet(models.QuerySet["Posting"]):
    """Questions about many postings."""

    def of(self, account: Account) -> "PostingQuerySet":
        """Keep those that touch an account."""
        return self.filter(Q(debit=account) | Q(credit=account))


class Posting(models.Model):
    """An amount out of one account and into another, for one event.

    Rows of one event are its parts. The balances are those of tracked accounts after this row, and
    null for others; triggers hold them to be right.
    """

    # `event:part`: the same effect cannot happen twice.
    key = models.CharField(max_length=EVENT_LENGTH + 20, unique=True, editable=False)
    event = models.CharField(max_length=EVENT_LENGTH, editable=False, db_index=True)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", editable=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", editable=False)
    amount_cents = models.BigIntegerField(editable=False)
    debit_balance_cents = models.BigIntegerField(null=True, editable=False)
    credit_balance_cents = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    append_only = True

    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_posting_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="payments_posting_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "-id"], name="payments_posting_by_debit"),
            models.Index(fields=["credit", "-id"], name="payments_posting_by_credit"),
        ]

    def __str__(self) -> str:
        return self.key
