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
    """A group of people that shares a wallet, policies and private packages."""

    public_id = PublicIdField("org")
    namespace = models.OneToOneField(Namespace, models.PROTECT, related_name="organization")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
