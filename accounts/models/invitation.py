"""Somebody is asked by mail to belong to an organization."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.errors import InvitationEnded
from accounts.models.membership import Role
from accounts.models.namespace import Organization
from accounts.models.user import User
from accounts.public_id import PublicIdField

# Whoever owns an organization was a member before: nobody is made an owner by mail.
INVITED_AS = (Role.ADMIN, Role.MEMBER)
ROLE_CHOICES = [(role.value, role.label) for role in INVITED_AS]


class InvitationState(models.TextChoices):
    """pending → accepted, declined or revoked; time alone ends the rest."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about many invitations."""

    def pending(self) -> "InvitationQuerySet":
        """Keep those that nobody has answered or taken back."""
        return self.filter(state=InvitationState.PENDING)

    def open(self, *, now: datetime) -> "InvitationQuerySet":
        """Keep those that can be accepted at a moment."""
        return self.pending().filter(expires_at__gt=now)

    def to(self, email: str) -> "InvitationQuerySet":
        """Keep those to an address, however it is written."""
        return self.filter(email__iexact=email)

    def listed_for(self, organization: Organization, *, now: datetime) -> "InvitationQuerySet":
        """Return the open ones of an organization, with who invited."""
        return self.open(now=now).filter(organization=organization).select_related("invited_by")

    def over(self, *, before: datetime) -> "InvitationQuerySet":
        """Keep those that ended before a moment, by an act or by time."""
        return self.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before))

    def revoke(self, *, now: datetime) -> int:
        """End those that are still pending; return how many."""
        return self.pending().update(state=InvitationState.REVOKED, ended_at=now)


class Invitation(models.Model):
    """One invitation. Its token is known only by digest, and only the mail has it.

    digest: NULL until the mail is on its way, and again when another mail shall be.
    """

    public_id = PublicIdField("inv")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=ROLE_CHOICES)
    digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (as above)
    state = models.CharField(
        max_length=8, choices=InvitationState.choices, default=InvitationState.PENDING
    )
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_made")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="invitations_accepted"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=Q(state="pending"),
                name="accounts_invitation_one_pending_each",
            ),
            models.CheckConstraint(
                condition=Q(role__in=INVITED_AS), name="accounts_invitation_role_known"
            ),
            models.CheckConstraint(
                condition=Q(digest__isnull=True) | Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="accounts_invitation_token_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True)
                | (Q(state__in=["accepted", "declined", "revoked"]) & Q(ended_at__isnull=False)),
                name="accounts_invitation_ended_at_some_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_by__isnull=False)
                | (~Q(state="accepted") & Q(accepted_by__isnull=True)),
                name="accounts_invitation_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="accounts_invitation_by_expiry")]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"invitation:{self.public_id}"

    def is_for(self, user: User) -> bool:
        """Tell whether it went to the verified address of a person."""
        return bool(user.email) and user.email.lower() == self.email.lower()

    def is_open(self, *, now: datetime) -> bool:
        """Tell whether it can be answered at a moment."""
        return self.state == InvitationState.PENDING and self.expires_at > now

    def accept(self, *, by: User, now: datetime) -> None:
        """Move pending → accepted; raises InvitationEnded when it is not open any more."""
        self._end(now=now, state=InvitationState.ACCEPTED, accepted_by=by)

    def decline(self, *, now: datetime) -> None:
        """Move pending → declined; raises InvitationEnded when it is not open any more."""
        self._end(now=now, state=InvitationState.DECLINED)

    def revoke(self, *, now: datetime) -> None:
        """Move pending → revoked; raises InvitationEnded when it is not open any more."""
        self._end(now=now, state=InvitationState.REVOKED)

    def renew(self, *, expires_at: datetime, now: datetime) -> None:
        """Give it more time and no token; raises InvitationEnded when it is not open any more."""
        self._change(now=now, digest=None, expires_at=expires_at)

    def take_token(self, digest: str, *, now: datetime) -> None:
        """Let one token open it, and no earlier one; raises InvitationEnded as the others do."""
        self._change(now=now, digest=digest)

    def _end(self, *, now: datetime, **outcome: object) -> None:
        self._change(now=now, ended_at=now, **outcome)

    def _change(self, *, now: datetime, **fields: object) -> None:
        still_open = Invitation.objects.open(now=now).filter(pk=self.pk)
        if still_open.update(**fields) != 1:
            raise InvitationEnded
        for name, value in fields.items():
            setattr(self, name, value)
