"""A device waiting for a person to let it in (RFC 8628)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from accounts.errors import DeviceGrantClosed
from accounts.models.credential import Credential
from accounts.models.namespace import Organization
from accounts.models.spend_policy import SpendPolicy
from accounts.models.user import User
from accounts.public_id import PublicIdField
from accounts.scopes import Scope, from_text

_SLOW_DOWN_SECONDS = 5  # RFC 8628 section 3.5: for this and all later polls
# Beyond the life of any code; keeps the column from overflowing under a flood.
_LONGEST_INTERVAL_SECONDS = 3600
# A client's timer may fire a moment early.
_POLL_TOLERANCE = timedelta(milliseconds=250)


class DeviceGrantState(models.TextChoices):
    """pending → approved → redeemed, or pending → denied; time alone ends the rest."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a person grants: fewer scopes than were asked for, perhaps, and for how long."""

    scope: str
    token_lifetime: timedelta
    spend_policy: SpendPolicy | None = None
    organization: Organization | None = None


class DeviceGrantQuerySet(models.QuerySet["DeviceGrant"]):
    """Questions about many grants."""

    def open(self, *, now: datetime) -> "DeviceGrantQuerySet":
        """Keep those a person may still decide on."""
        return self.filter(state=DeviceGrantState.PENDING, expires_at__gt=now)

    def lapsed(self, *, before: datetime) -> "DeviceGrantQuerySet":
        """Keep those whose codes ended before a moment."""
        return self.filter(expires_at__lt=before)


class DeviceGrant(models.Model):
    """One device authorization, from its request to its token.

    `requested_ip` and `requested_user_agent` are personal data; they go with the row when it is
    purged.
    """

    public_id = PublicIdField("dvg")
    device_code_digest = models.CharField(max_length=64, unique=True)
    user_code = models.CharField(max_length=8, unique=True)
    client_id = models.CharField(max_length=40)
    state = models.CharField(
        max_length=8, choices=DeviceGrantState.choices, default=DeviceGrantState.PENDING
    )
    requested_scope = models.CharField(max_length=80)
    requested_ip = models.CharField(max_length=45, blank=True)
    requested_user_agent = models.CharField(max_length=300, blank=True)
    interval_seconds = models.PositiveSmallIntegerField(default=5)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_polled_at = models.DateTimeField(null=True)
    # What the person decided: set together when the state leaves pending.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="device_grants")
    decided_at = models.DateTimeField(null=True)
    granted_scope = models.CharField(max_length=80, blank=True)
    token_lifetime_seconds = models.PositiveIntegerField(null=True)
    spend_policy = models.ForeignKey(SpendPolicy, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    credential = models.OneToOneField(
        Credential, models.PROTECT, null=True, related_name="device_grant"
    )

    objects = DeviceGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeviceGrantState.values),
                name="accounts_devicegrant_state_known",
            ),
            models.CheckConstraint(
                condition=Q(device_code_digest__regex=r"^[0-9a-f]{64}$"),
                name="accounts_devicegrant_code_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(user_code__regex=r"^[BCDFGHJKLMNPQRSTVWXZ]{8}$"),
                name="accounts_devicegrant_user_code_shape",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", user__isnull=True, decided_at__isnull=True)
                | (~Q(state="pending") & Q(user__isnull=False, decided_at__isnull=False)),
                name="accounts_devicegrant_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="redeemed", credential__isnull=False)
                | (~Q(state="redeemed") & Q(credential__isnull=True)),
                name="accounts_devicegrant_redeemed_has_credential",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "redeemed"])
                | (
                    ~Q(granted_scope="")
                    # A comparison with NULL is unknown, and a CHECK lets the unknown pass.
                    & Q(token_lifetime_seconds__isnull=False, token_lifetime_seconds__gt=0)
                ),
                name="accounts_devicegrant_approved_has_scope",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="accounts_devicegrant_by_expiry")]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"device_grant:{self.public_id}"

    @property
    def requested_scopes(self) -> frozenset[Scope]:
        """Return what the device asked for."""
        return from_text(self.requested_scope)

    def has_lapsed(self, *, now: datetime) -> bool:
        """Tell whether its codes have ended."""
        return self.expires_at <= now

    def approve(self, approval: Approval, *, by: User, now: datetime) -> None:
        """Move pending → approved; raises DeviceGrantClosed when it was not pending any more."""
        self._decide(
            now=now,
            state=DeviceGrantState.APPROVED,
            user=by,
            granted_scope=approval.scope,
            token_lifetime_seconds=int(approval.token_lifetime.total_seconds()),
            spend_policy=approval.spend_policy,
            organization=approval.organization,
        )

    def deny(self, *, by: User, now: datetime) -> None:
        """Move pending → denied; raises DeviceGrantClosed when it was not pending any more."""
        self._decide(now=now, state=DeviceGrantState.DENIED, user=by)

    def redeem(self, credential: Credential) -> None:
        """Move approved → redeemed; raises DeviceGrantClosed when another poll was faster."""
        approved = DeviceGrant.objects.filter(pk=self.pk, state=DeviceGrantState.APPROVED)
        if approved.update(state=DeviceGrantState.REDEEMED, credential=credential) != 1:
            raise DeviceGrantClosed

    def note_poll(self, *, now: datetime) -> bool:
        """Remember a poll and tell whether it came in time; one too early slows the device down.

        Of simultaneous polls one is in time.
        """
        latest = now - timedelta(seconds=self.interval_seconds) + _POLL_TOLERANCE
        row = DeviceGrant.objects.filter(pk=self.pk)
        in_time = row.filter(Q(last_polled_at__isnull=True) | Q(last_polled_at__lte=latest))
        if in_time.update(last_polled_at=now):
            return True
        slower = Least(F("interval_seconds") + _SLOW_DOWN_SECONDS, _LONGEST_INTERVAL_SECONDS)
        row.update(last_polled_at=now, interval_seconds=slower)
        self.refresh_from_db(fields=["interval_seconds"])
        return False

    def _decide(self, *, now: datetime, **decision: object) -> None:
        still_open = DeviceGrant.objects.open(now=now).filter(pk=self.pk)
        if still_open.update(decided_at=now, **decision) != 1:
            raise DeviceGrantClosed
