"""Money on its way from a card into a wallet."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from accounts.public_id import PublicIdField
from payments.models.card_paid import CardPaid, CardPaidQuerySet
from payments.models.payer import PROVIDER_ID_LENGTH, Payer

LEAST_CENTS = 500
MOST_CENTS = 50_000


class TopUpState(models.TextChoices):
    """How a top-up stands. A row moves down this list only: what was paid is credited, whatever
    the row had come to before."""

    PENDING = "pending", "Waits for the payment"
    PROCESSING = "processing", "On its way"
    FAILED = "failed", "Declined"
    CANCELED = "canceled", "Called off"
    SUCCEEDED = "succeeded", "In the wallet"


class TopUpSource(models.TextChoices):
    """Who asked for it."""

    PERSON = "person", "A person"
    AUTOMATIC = "automatic", "The wallet itself"


# A payment of these may still be made at the provider.
WAITING = (TopUpState.PENDING, TopUpState.PROCESSING)


class TopUpQuerySet(CardPaidQuerySet["TopUp"]):
    """Questions about many top-ups."""

    def of(self, actor: Actor) -> "TopUpQuerySet":
        """Keep those of the wallet an actor pays from."""
        if actor.organization is not None:
            return self.filter(payer__organization=actor.organization)
        return self.filter(payer__user=actor.require_user())

    def with_payer(self) -> "TopUpQuerySet":
        """Bring payer and owner in the same query."""
        return self.select_related("payer__user", "payer__organization", "started_by")


class TopUp(CardPaid):
    """One payment into a wallet. It is credited once, when the provider says that it is paid."""

    OPEN = Q(ended_at__isnull=True)

    public_id = PublicIdField("top")
    payer = models.ForeignKey(Payer, models.PROTECT, related_name="top_ups", editable=False)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    source = models.CharField(
        max_length=9, choices=TopUpSource.choices, default=TopUpSource.PERSON, editable=False
    )
    amount_cents = models.PositiveIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    state = models.CharField(
        max_length=10, choices=TopUpState.choices, default=TopUpState.PENDING, editable=False
    )
    # The saved card of an automatic one: whoever repeats its key must repeat the card.
    method_id = models.CharField(max_length=PROVIDER_ID_LENGTH, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the provider is asked next.
    check_at = models.DateTimeField(editable=False)
    # Since when the provider will not change it any more.
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = TopUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gte=LEAST_CENTS, amount_cents__lte=MOST_CENTS),
                name="payments_topup_amount_in_limits",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_topup_currency_shape"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TopUpState.values), name="payments_topup_state_known"
            ),
            models.CheckConstraint(
                condition=Q(source=TopUpSource.PERSON, method_id="")
                | (Q(source=TopUpSource.AUTOMATIC) & ~Q(method_id="")),
                name="payments_topup_automatic_has_card",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WAITING, ended_at__isnull=True)
                | Q(state=TopUpState.FAILED)
                | Q(state=TopUpState.CANCELED, ended_at__isnull=False)
                | Q(state=TopUpState.SUCCEEDED, ended_at__isnull=False, intent_id__isnull=False),
                name="payments_topup_ends_with_its_state",
            ),
            # Two workers that look at one wallet start one.
            models.UniqueConstraint(
                fields=["payer"],
                condition=Q(source=TopUpSource.AUTOMATIC, state__in=WAITING),
                name="payments_topup_one_automatic_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at"], name="payments_topup_by_payer"),
            models.Index(fields=["created_at"], name="payments_topup_by_age"),
            models.Index(
                fields=["check_at"],
                name="payments_topup_open",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"top_up:{self.public_id}"

    @property
    def event(self) -> str:
        """Return what the ledger calls this."""
        return f"top_up:{self.public_id}"

    @property
    def is_open(self) -> bool:
        """Tell whether the provider may still change it."""
        return self.ended_at is None

    @property
    def is_automatic(self) -> bool:
        """Tell whether nobody was there."""
        return self.source == TopUpSource.AUTOMATIC
