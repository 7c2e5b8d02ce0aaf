"""Who sells: a public face on a namespace, of one person or one organization."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership, Namespace, Organization, Role, User
from accounts.public_id import PublicIdField

# A vendor's slug is the first half of a package's name and of every install path.
SLUG_LENGTH = 32


class VendorQuerySet(models.QuerySet["Vendor"]):
    """Questions about many vendors."""

    def sold_under_by(self, actor: Actor) -> "VendorQuerySet":
        """Keep those an actor may publish and earn under.

        Raises SignInRequired, and RoleRequired for a mere member of an organization.
        """
        actor.require_manager()
        if actor.organization is not None:
            return self.filter(organization=actor.organization)
        return self.filter(user=actor.require_user())

    def of_person(self, user: User, *, at_least: Role = Role.MEMBER) -> "VendorQuerySet":
        """Keep those of a person, and of every organization in which they have a role."""
        joined = Membership.objects.of(user).filter(role__in=at_least.and_above())
        return self.filter(Q(user=user) | Q(organization__in=joined.values("organization")))


class Vendor(models.Model):
    """A seller as buyers see them; the slug is the namespace's and never changes."""

    public_id = PublicIdField("ven")
    namespace = models.OneToOneField(Namespace, models.PROTECT, related_name="vendor")
    # The namespace's own, here as well: every package's name begins with it.
    slug = models.CharField(max_length=SLUG_LENGTH, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="vendors")
    organization = models.OneToOneField(
        Organization, models.PROTECT, null=True, related_name="vendor"
    )
    display_name = models.CharField(max_length=80)
    bio = models.CharField(max_length=500, blank=True)
    website = models.URLField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VendorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="catalog_vendor_belongs_to_one",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9](?:-?[a-z0-9]){1,31}$"),
                name="catalog_vendor_slug_shape",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__regex=r"^https://[^ ]+$"),
                name="catalog_vendor_website_https",
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"vendor:{self.public_id}"

    @property
    def is_verified(self) -> bool:
        """Tell whether staff has made sure of who this is."""
        return self.verified_at is not None

    @property
    def party(self) -> User | Organization:
        """Return who it belongs to."""
        party = self.user or self.organization
        assert party is not None  # a constraint holds it
        return party

    def is_sold_under_by(self, actor: Actor) -> bool:
        """Tell whether an actor may publish and earn under this name."""
        return actor.may_manage and self.is_of_party(actor)

    def is_of_party(self, actor: Actor) -> bool:
        """Tell whether it belongs to whom an actor acts for, who need not buy what it sells."""
        if actor.organization is not None:
            return self.organization_id == actor.organization.pk
        return actor.user is not None and self.user_id == actor.user.pk

    def verify(self, *, now: datetime) -> bool:
        """Give the badge; tell whether it was missing."""
        missing = Vendor.objects.filter(pk=self.pk, verified_at__isnull=True)
        return missing.update(verified_at=now) == 1

    def unverify(self) -> bool:
        """Take the badge; tell whether it was there."""
        given = Vendor.objects.filter(pk=self.pk, verified_at__isnull=False)
        return given.update(verified_at=None) == 1
