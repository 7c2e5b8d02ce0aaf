"""Names that vendors and organizations go by, and the organizations themselves."""

from django.db import models
from django.utils import timezone

from accounts.public_id import PublicIdField


class Namespace(models.Model):
    """A name taken for ever: lower case letters, digits and single hyphens; it never changes."""

    public_id = PublicIdField("ns")
    slug = models.CharField(max_length=39, unique=True, editable=False)
    # What a hasty reader sees: two slugs with one skeleton look alike, so only one may exist.
    skeleton = models.CharField(max_length=39, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z0-9](?:-?[a-z0-9]){1,38}$"),
                name="accounts_namespace_slug_shape",
            ),
        ]


class Organization(models.Model):
    """A group of people that shares a wallet, policies and private packages.

    A deleted one keeps its row and its name: orders and the trail refer to it.
    """

    public_id = PublicIdField("org")
    namespace = models.OneToOneField(Namespace, models.PROTECT, related_name="organization")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.slug

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"organization:{self.public_id}"

    @property
    def slug(self) -> str:
        """Return the name it goes by in addresses and commands."""
        return self.namespace.slug

    def lock(self) -> None:
        """Let nobody else change who belongs to it until the transaction ends."""
        Organization.objects.select_for_update(no_key=True).get(pk=self.pk)

    def lock_live(self) -> None:
        """Do the same; raises Organization.DoesNotExist when it was deleted since it was read."""
        live = Organization.objects.filter(deleted_at__isnull=True)
        live.select_for_update(no_key=True).get(pk=self.pk)
