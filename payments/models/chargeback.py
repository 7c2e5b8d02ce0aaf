"""A payment that the owner of its card contests at their bank: money the provider took back."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from payments.models.account import Account
from payments.models.entitlement import Entitlement
from payments.models.order import Order
from payments.models.payer import PROVIDER_ID_LENGTH
from payments.models.top_up import TopUp

CONTEST_REASON_LENGTH = 60


class ChargebackState(models.TextChoices):
    """How it stands. Only an open one moves, and only once."""

    OPEN = "open", "Disputed"
    WON = "won", "Won"
    LOST = "lost", "Lost"


# Of several about one payment, the first of these that there is says how that stands.
_WEIGHTIEST = (ChargebackState.OPEN, ChargebackState.LOST, ChargebackState.WON)


def state_of(contested: Order | TopUp) -> ChargebackState | None:
    """Return how a payment stands with the bank; None if nobody contests it.

    Asks nothing of the database where the chargebacks were brought along.
    """
    states = {chargeback.state for chargeback in contested.chargebacks.all()}
    return next((state for state in _WEIGHTIEST if state in states), None)


class ChargebackQuerySet(models.QuerySet["Chargeback"]):
    """Questions about many chargebacks."""

    def open(self) -> "ChargebackQuerySet":
        """Keep those that no bank has decided."""
        return self.filter(state=ChargebackState.OPEN)

    def standing(self) -> "ChargebackQuerySet":
        """Keep those whose money is away: undecided, or lost."""
        return self.exclude(state=ChargebackState.WON)

    def of_wallet(self, wallet: Account) -> "ChargebackQuerySet":
        """Keep those of top-ups of one wallet."""
        if wallet.organization_id is not None:
            return self.filter(top_up__payer__organization=wallet.organization_id)
        return self.filter(top_up__payer__user=wallet.user_id)

    def concerning(self, user: User) -> "ChargebackQuerySet":
        """Keep those whose end touches a person: as payer, as buyer, or as seller.

        An account is not deleted while one of these is open.
        """
        return self.filter(
            Q(top_up__payer__user=user) | Q(order__user=user) | Q(order__vendor__user=user)
        )


class Chargeback(models.Model):
    """One dispute of the provider, about exactly one order or top-up.

    Of `amount_cents` our fees bore `fee_cents`, the party whose money it was came to owe
    `receivable_cents`, and `excess_cents` went beyond what was left of the order, which we bear;
    the rest was there: in the wallet, or in what the seller is owed.
    """

    public_id = PublicIdField("chb")
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, related_name="chargebacks", editable=False
    )
    top_up = models.ForeignKey(
        TopUp, models.PROTECT, null=True, related_name="chargebacks", editable=False
    )
    # What it took from the buyer, and a win gives back.
    entitlement = models.ForeignKey(
        Entitlement, models.PROTECT, null=True, related_name="+", editable=False
    )
    provider_id = models.CharField(max_length=PROVIDER_ID_LENGTH, unique=True, editable=False)
    # The provider's word, such as fraudulent.
    reason = models.CharField(max_length=CONTEST_REASON_LENGTH, blank=True, editable=False)
    amount_cents = models.PositiveIntegerField(editable=False)
    fee_cents = models.PositiveIntegerField(default=0, editable=False)
    receivable_cents = models.PositiveIntegerField(default=0, editable=False)
    excess_cents = models.PositiveIntegerField(default=0, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    state = models.CharField(
        max_length=4,
        choices=ChargebackState.choices,
        default=ChargebackState.OPEN,
        editable=False,
    )
    # Until when the provider takes evidence.
    evidence_due_at = models.DateTimeField(null=True, editable=False)
    disputed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ChargebackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, top_up__isnull=True)
                | Q(order__isnull=True, top_up__isnull=False),
                name="payments_chargeback_of_order_or_top_up",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False)
                | Q(entitlement__isnull=True, fee_cents=0, excess_cents=0),
                name="payments_chargeback_top_up_has_no_fee",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0)
                & Q(
                    amount_cents__gte=F("fee_cents") + F("receivable_cents") + F("excess_cents"),
                ),
                name="payments_chargeback_parts_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_chargeback_currency_shape",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ChargebackState.values),
                name="payments_chargeback_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=ChargebackState.OPEN, ended_at__isnull=True)
                | (~Q(state=ChargebackState.OPEN) & Q(ended_at__isnull=False)),
                name="payments_chargeback_ends_with_its_state",
            ),
            models.CheckConstraint(
                condition=~Q(provider_id=""), name="payments_chargeback_has_provider_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="payments_chargeback_open",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"chargeback:{self.public_id}"

    @property
    def event(self) -> str:
        """Return the ledger's event of it."""
        return f"chargeback:{self.public_id}"

    @property
    def return_event(self) -> str:
        """Return the ledger's event of a win: a statement has a line for each of the two."""
        return f"reinstatement:{self.public_id}"

    @property
    def party_cents(self) -> int:
        """Return what was taken from a wallet, or from what a seller is owed."""
        return self.amount_cents - self.fee_cents - self.receivable_cents - self.excess_cents

    @property
    def is_open(self) -> bool:
        """Tell whether no bank has decided."""
        return self.state == ChargebackState.OPEN

    def end(self, state: ChargebackState, *, now: datetime) -> bool:
        """Let it be won or lost if it is open; tell whether it was."""
        mine = Chargeback.objects.open().filter(pk=self.pk)
        if mine.update(state=state, ended_at=now) != 1:
            return False
        self.state, self.ended_at = state, now
        return True
