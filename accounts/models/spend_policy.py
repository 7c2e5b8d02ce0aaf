"""What a token may spend: the numbers; the decision over them is made where money is."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.namespace import Organization
from accounts.models.user import User
from accounts.public_id import PublicIdField


class SpendPolicyQuerySet(models.QuerySet["SpendPolicy"]):
    """Questions about many policies."""

    def live(self) -> "SpendPolicyQuerySet":
        """Keep those that were not deleted."""
        return self.filter(deleted_at__isnull=True)

    def owned_by(self, party: User | Organization) -> "SpendPolicyQuerySet":
        """Keep the live ones of a person or an organization."""
        return self.live().filter(**{"user" if isinstance(party, User) else "organization": party})

    def offered_to(self, user: User, *organizations: Organization | None) -> "SpendPolicyQuerySet":
        """Return what a token of this user may be put under, the default first.

        organizations: for which it acts, None for no other than its person. It is put under a
        policy of theirs, or of the organization for which it acts, of nobody else's.
        """
        theirs = Q(user=user) | Q(organization__in=[each for each in organizations if each])
        return self.live().filter(theirs).order_by("-is_default", "name", "pk")

    def default_of(self, user: User) -> "SpendPolicy":
        """Return the policy a new token of this user gets when nobody picks one."""
        return self.get(user=user, is_default=True)


class SpendPolicy(models.Model):
    """Limits in cents of the marketplace's currency, per calendar day and month in UTC.

    A policy is never removed, only marked deleted: the tokens under it can then spend nothing.
    """

    public_id = PublicIdField("pol")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="spend_policies")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="spend_policies"
    )
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    max_per_purchase_cents = models.PositiveIntegerField(default=1_000)
    daily_limit_cents = models.PositiveIntegerField(default=5_000)
    monthly_limit_cents = models.PositiveIntegerField(default=20_000)
    require_approval_above_cents = models.PositiveIntegerField(default=500)
    vendor_allowlist = models.JSONField(default=list, blank=True)
    blocked_types = models.JSONField(default=list, blank=True)
    min_release_age_hours = models.PositiveIntegerField(default=0)
    verified_vendors_only = models.BooleanField(default=False)
    allow_executable = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = SpendPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "spend policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="accounts_spendpolicy_one_owner",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default=True),
                name="accounts_spendpolicy_one_default_per_user",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(is_default=False),
                name="accounts_spendpolicy_default_is_not_deleted",
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"policy:{self.public_id}"

    @property
    def can_spend(self) -> bool:
        """Tell whether a token under this policy may spend at all."""
        return self.is_active and self.deleted_at is None
