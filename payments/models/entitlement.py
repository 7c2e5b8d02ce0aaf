"""The right to have a listing, of one person or one organization."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.public_id import PublicIdField
from catalog.models import Listing, long_texts_of
from payments.models.order import Order


class Source(models.TextChoices):
    """How somebody came by an entitlement."""

    FREE = "free"
    PURCHASE = "purchase"


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    """Questions about many entitlements."""

    def active(self) -> "EntitlementQuerySet":
        """Keep those that were not revoked."""
        return self.filter(revoked_at__isnull=True)

    def with_listing(self) -> "EntitlementQuerySet":
        """Bring listing and vendor in the same query, without the listing's long texts."""
        return self.select_related("listing__vendor").defer(*long_texts_of("listing"))

    def of_party(self, actor: Actor) -> "EntitlementQuerySet":
        """Keep those of the party an actor acts for: the organization's, or their own."""
        if actor.organization is not None:
            return self.filter(organization=actor.organization)
        return self.filter(user=actor.require_user())

    def held_by(self, actor: Actor) -> "EntitlementQuerySet":
        """Keep those an actor may use: their own, and those of the organization they act for."""
        own = Q(user=actor.require_user())
        if actor.organization is not None:
            own |= Q(organization=actor.organization)
        return self.filter(own)


class Entitlement(models.Model):
    """Held by exactly one party; at most one active one for each party and listing."""

    public_id = PublicIdField("ent")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="entitlements")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="entitlements")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="entitlements"
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    # What paid for it; one order pays for one entitlement, ever.
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="entitlement")
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    # When somebody first fetched it; until then it can be taken back.
    first_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="payments_entitlement_has_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="payments_entitlement_source_known"
            ),
            models.CheckConstraint(
                condition=Q(source=Source.PURCHASE, order__isnull=False)
                | (~Q(source=Source.PURCHASE) & Q(order__isnull=True)),
                name="payments_entitlement_bought_has_order",
            ),
            models.UniqueConstraint(
                fields=["user", "listing"],
                condition=Q(revoked_at__isnull=True),
                name="payments_entitlement_one_active_of_user",
            ),
            models.UniqueConstraint(
                fields=["organization", "listing"],
                condition=Q(revoked_at__isnull=True),
                name="payments_entitlement_one_active_of_organization",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-granted_at"], name="payments_entitlement_by_user"),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"entitlement:{self.public_id}"
