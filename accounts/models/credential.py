"""What a request proves itself with: API tokens, and the internal credential of a web session."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models.membership import Membership, Role
from accounts.models.namespace import Organization
from accounts.models.spend_policy import SpendPolicy
from accounts.models.user import User
from accounts.public_id import PublicIdField
from accounts.scopes import Scope, from_text

MAXIMUM_LIFETIME = timedelta(days=365)
ACCOUNT_SCOPE_LIFETIME = timedelta(hours=1)
_SCOPE_SHAPE = r"^(?:(?:account|download|org|purchase|read|sell)(?: (?!$)|$))+$"


class CredentialKind(models.TextChoices):
    """Where a credential comes from. Only an internal one has no secret."""

    PERSONAL = "personal"
    DEVICE = "device"
    ORGANIZATION = "organization"
    INTERNAL = "internal"


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Questions about many credentials."""

    def with_actor(self) -> "CredentialQuerySet":
        """Bring user, policy, organization and the user's role there in the same query."""
        role = Subquery(_membership().values("role")[:1])
        joined = self.select_related("user", "spend_policy", "organization__namespace")
        return joined.annotate(role=role)  # type: ignore[no-redef]  # in place of the default

    def live(self, *, now: datetime) -> "CredentialQuerySet":
        """Keep what can act: neither revoked nor expired, of an active user.

        What acts for an organization does so only while its user belongs to it.
        """
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            Q(organization__isnull=True) | Q(Exists(_membership())),
            revoked_at__isnull=True,
            user__is_active=True,
        )

    def tokens_of(self, user: User) -> "CredentialQuerySet":
        """Keep this user's API tokens; internal credentials are nobody's to see."""
        return self.filter(user=user).exclude(kind=CredentialKind.INTERNAL)

    def with_choice(self) -> "CredentialQuerySet":
        """Bring whether the user could act for any organization."""
        own = Membership.objects.of(OuterRef("user"))  # type: ignore[arg-type]  # within a query
        return self.annotate(has_choice=Exists(own))  # type: ignore[no-redef]  # as above

    def own_of(self, organization: Organization) -> "CredentialQuerySet":
        """Keep an organization's own tokens, whoever made them."""
        return self.filter(kind=CredentialKind.ORGANIZATION, organization=organization)

    def listed_for(self, user: User, *, now: datetime) -> "CredentialQuerySet":
        """Return this user's live tokens with what a list shows of them."""
        return self.tokens_of(user).shown(now=now)

    def shown(self, *, now: datetime) -> "CredentialQuerySet":
        """Keep what can act, with what a list shows of it."""
        return self.live(now=now).select_related("user", "spend_policy", "organization")


class Credential(models.Model):
    """A way to act as a user. Its secret is known only by digest, its scope is fixed for life."""

    public_id = PublicIdField("tok")
    user = models.ForeignKey(User, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=12, choices=CredentialKind.choices)
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, blank=True)
    digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (NULL iff internal; '' would collide)
    scope = models.CharField(max_length=80)
    # The OAuth client a device token was handed to; others cannot revoke it (RFC 7009 section 2.1).
    client_id = models.CharField(max_length=40, blank=True)
    spend_policy = models.ForeignKey(
        SpendPolicy, models.PROTECT, null=True, related_name="credentials"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="credentials"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    # What the user is in `organization`; `with_actor` brings it.
    role: Role | None = None
    # Whether the user belongs to any organization; `with_choice` brings it.
    has_choice: bool = False

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CredentialKind.values), name="accounts_credential_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="internal", digest__isnull=True)
                # A comparison with NULL is unknown, and a CHECK lets the unknown pass.
                | (~Q(kind="internal") & Q(digest__isnull=False, digest__regex=r"^[0-9a-f]{64}$")),
                name="accounts_credential_internal_has_no_secret",
            ),
            models.CheckConstraint(
                condition=Q(scope__regex=_SCOPE_SHAPE), name="accounts_credential_scope_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="internal")
                | Q(spend_policy__isnull=False)
                | ~Q(scope__contains=Scope.PURCHASE.value),
                name="accounts_credential_purchase_has_policy",
            ),
            models.CheckConstraint(
                condition=Q(kind="internal") | Q(expires_at__isnull=False),
                name="accounts_credential_token_expires",
            ),
            models.CheckConstraint(
                condition=~Q(kind="organization") | Q(organization__isnull=False),
                name="accounts_credential_organization_named",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True)
                | Q(expires_at__lte=models.F("created_at") + MAXIMUM_LIFETIME),
                name="accounts_credential_lives_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(kind="internal")
                | ~Q(scope__contains=Scope.ACCOUNT.value)
                | Q(expires_at__lte=models.F("created_at") + ACCOUNT_SCOPE_LIFETIME),
                name="accounts_credential_account_scope_is_short",
            ),
            models.CheckConstraint(
                condition=(Q(kind="device") & ~Q(client_id=""))
                | (~Q(kind="device") & Q(client_id="")),
                name="accounts_credential_device_names_client",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accounts_credential_by_user"),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"credential:{self.public_id}"

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return the scopes as a set."""
        return from_text(self.scope)

    @property
    def is_internal(self) -> bool:
        """Tell whether this is a web session's own credential."""
        return self.kind == CredentialKind.INTERNAL

    @property
    def is_bound(self) -> bool:
        """Tell whether it acts for one organization for life; a browser is not bound to its own."""
        return self.organization_id is not None and not self.is_internal

    def is_live(self, *, now: datetime) -> bool:
        """Tell whether it can act at this moment."""
        is_expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not is_expired


def _membership() -> models.QuerySet[Membership]:
    """Return the row that says what the user of a credential is in its organization."""
    return Membership.objects.filter(
        organization=OuterRef("organization"),
        organization__deleted_at__isnull=True,
        user=OuterRef("user"),
    )
