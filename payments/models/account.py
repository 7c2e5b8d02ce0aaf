"""Where money stands: one row for each wallet, for what each vendor is owed, and for our own sides.

A balance is what was credited minus what was debited. So a wallet with money in it is positive, our
money at the provider is negative, and all balances together are zero.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization, User
from accounts.public_id import PublicIdField
from catalog.models import Vendor

# A vendor may owe us this much after refunds of what was paid out already; beyond it the rest is a
# receivable, which no later sale pays back by itself.
PAYABLE_FLOOR_CENTS = -50_000


class AccountKind(models.TextChoices):
    """What an account stands for."""

    WALLET = "wallet", "Wallet"
    PAYABLE = "payable", "Owed to a vendor"
    RECEIVABLE = "receivable", "Owed to us"
    PROVIDER = "provider", "At the payment provider"
    FEES = "fees", "Platform fees"
    DISPUTED = "disputed", "Withdrawn by disputes"
    IN_TRANSIT = "in_transit", "Payouts and refunds on their way"


# Only these carry a running balance, which the database refuses to overdraw. The others are summed:
# a balance in one row would be a row that every purchase waits for.
TRACKED = (AccountKind.WALLET, AccountKind.PAYABLE)
_OF_A_PARTY = (AccountKind.WALLET, AccountKind.PAYABLE, AccountKind.RECEIVABLE)


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about many accounts."""

    def locked(self) -> "AccountQuerySet":
        """Lock these rows in one order, so that nobody waits for somebody who waits for them."""
        return self.select_for_update(no_key=True).order_by("pk")


class Account(models.Model):
    """One side of postings. Triggers let its balance move with a posting only
    (`payments/ledger_rules.py`).
    """

    public_id = PublicIdField("acc")
    kind = models.CharField(max_length=10, choices=AccountKind.choices, editable=False)
    # `wallet:usr_…:USD`: what makes a second account of one kind, party and currency impossible.
    code = models.CharField(max_length=60, unique=True, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="accounts")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="accounts"
    )
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, related_name="accounts")
    balance_cents = models.BigIntegerField(null=True, editable=False)
    floor_cents = models.BigIntegerField(default=0, editable=False)
    # The key of the posting that moved the balance last.
    moved_by = models.BigIntegerField(default=0, editable=False)
    # A frozen wallet takes money in and gives none out.
    frozen_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="payments_account_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_account_currency_shape"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TRACKED, balance_cents__isnull=False)
                | (~Q(kind__in=TRACKED) & Q(balance_cents__isnull=True)),
                name="payments_account_balance_where_tracked",
            ),
            models.CheckConstraint(
                condition=Q(balance_cents__isnull=True)
                | Q(balance_cents__gte=models.F("floor_cents")),
                name="payments_account_no_overdraft",
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.PAYABLE, floor_cents__lte=0) | Q(floor_cents=0),
                name="payments_account_floor_of_payables_only",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | Q(kind=AccountKind.WALLET),
                name="payments_account_only_wallets_freeze",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=AccountKind.PAYABLE,
                    vendor__isnull=False,
                    user__isnull=True,
                    organization__isnull=True,
                )
                | Q(
                    kind__in=[AccountKind.WALLET, AccountKind.RECEIVABLE],
                    vendor__isnull=True,
                    user__isnull=False,
                    organization__isnull=True,
                )
                | Q(
                    kind__in=[AccountKind.WALLET, AccountKind.RECEIVABLE],
                    vendor__isnull=True,
                    user__isnull=True,
                    organization__isnull=False,
                )
                | Q(
                    kind=AccountKind.RECEIVABLE,
                    vendor__isnull=False,
                    user__isnull=True,
                    organization__isnull=True,
                )
                | (
                    ~Q(kind__in=_OF_A_PARTY)
                    & Q(vendor__isnull=True, user__isnull=True, organization__isnull=True)
                ),
                name="payments_account_party_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"account:{self.public_id}"

    @property
    def is_tracked(self) -> bool:
        """Tell whether the row carries its balance."""
        return self.kind in TRACKED

    @property
    def is_frozen(self) -> bool:
        """Tell whether nothing may be taken out."""
        return self.frozen_at is not None

    @property
    def available_cents(self) -> int:
        """Return what may be taken out of a tracked account at most."""
        balance = self.balance_cents or 0
        return 0 if self.is_frozen else balance - self.floor_cents
