"""Who belongs to which organization, and as what."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.errors import RoleRequired
from accounts.models.namespace import Organization
from accounts.models.user import User
from accounts.public_id import PublicIdField


class Role(models.TextChoices):
    """What a member may do (SPEC 2.5); each role may all that the ones after it may."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"

    def covers(self, needed: "Role") -> bool:
        """Tell whether whoever has this role may do what needs the other one."""
        order = list(Role)
        return order.index(self) <= order.index(needed)

    def and_above(self) -> list["Role"]:
        """Return every role that may all that this one may."""
        return [role for role in Role if role.covers(self)]


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about many memberships."""

    def of(self, user: User) -> "MembershipQuerySet":
        """Keep a person's own, in organizations that live, and bring these."""
        own = self.filter(user=user, organization__deleted_at__isnull=True)
        return own.select_related("organization__namespace")

    def get_in(self, slug: str) -> "Membership":
        """Return the one in the organization of a name; raises Organization.DoesNotExist."""
        # No name has a NUL, which PostgreSQL would not take.
        named = self.none() if "\0" in slug else self.filter(organization__namespace__slug=slug)
        return named._only()

    def get_of(self, organization: Organization) -> "Membership":
        """Return the one in an organization; raises Organization.DoesNotExist."""
        return self.filter(organization=organization)._only()

    def _only(self) -> "Membership":
        found = self.first()
        if found is None:
            raise Organization.DoesNotExist
        return found


class Membership(models.Model):
    """One person in one organization. The row goes when they do; the trail remembers."""

    public_id = PublicIdField("mbr")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="accounts_membership_once_each"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="accounts_membership_role_known"
            ),
        ]

    @property
    def is_owner(self) -> bool:
        """Tell whether the person may do everything."""
        return self.role == Role.OWNER

    @property
    def is_admin(self) -> bool:
        """Tell whether the person may do what an admin may."""
        return Role(self.role).covers(Role.ADMIN)

    def require(self, needed: Role) -> "Membership":
        """Return it, if its role is enough; raises RoleRequired."""
        if not Role(self.role).covers(needed):
            raise RoleRequired(needed)
        return self
