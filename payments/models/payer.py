"""Owners of wallets as the payment provider knows them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.public_id import PublicIdField

# Ids of the provider's own objects.
PROVIDER_ID_LENGTH = 255


def of_one_party() -> Q:
    """Return the condition that a row belongs to exactly one person or organization."""
    return Q(user__isnull=False, organization__isnull=True) | Q(
        user__isnull=True, organization__isnull=False
    )


class PayerQuerySet(models.QuerySet["Payer"]):
    """Questions about many payers."""

    def of(self, actor: Actor) -> "PayerQuerySet":
        """Keep the one whose wallet an actor pays from."""
        if actor.organization is not None:
            return self.filter(organization=actor.organization)
        return self.filter(user=actor.require_user())


class Payer(models.Model):
    """One owner of a wallet; known to the provider once `customer_id` is set."""

    public_id = PublicIdField("pyr")
    user = models.OneToOneField(User, models.PROTECT, null=True, related_name="payer")
    organization = models.OneToOneField(
        Organization, models.PROTECT, null=True, related_name="payer"
    )
    customer_id = models.CharField(max_length=PROVIDER_ID_LENGTH, null=True, unique=True)  # noqa: DJ001 (unique where it is known)
    # Part of the idempotency key under which the customer is made.
    attempt = models.PositiveIntegerField(default=1, editable=False)
    # The saved card that is charged while its owner is away.
    default_method_id = models.CharField(max_length=PROVIDER_ID_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PayerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=of_one_party(), name="payments_payer_is_one_party"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"payer:{self.public_id}"

    @property
    def party(self) -> User | Organization:
        """Return who it is."""
        party = self.user or self.organization
        assert party is not None  # a constraint holds it
        return party
