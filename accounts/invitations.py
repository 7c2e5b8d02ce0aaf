"""Ask somebody by mail to belong to an organization, and what they answer.

The token is made where the mail is written and exists in it alone: no answer of ours shows it, and
it travels through no queue.
"""

import secrets
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import mail, memberships, token_format
from accounts.actor import Actor
from accounts.counter import Counter
from accounts.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvalidInvitation,
    InvitationEnded,
    InvitationLimitReached,
    InvitedElsewhere,
)
from accounts.mail import Letter
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.models.invitation import INVITED_AS
from audit.actions import Action
from audit.log import record

LIFETIME = timedelta(days=7)
# A link that has ended can still be told from one that never was; then the address goes.
KEPT_AFTER_END = timedelta(days=7)
_TOKEN_BYTES = 32
_DAY = timedelta(days=1)


def invite(
    organization: Organization, *, email: str, role: Role, by: Actor, now: datetime
) -> Invitation:
    """Ask whoever has an address to join as a member or an admin.

    Raises as require_role; InvalidInvitation; AlreadyMember; AlreadyInvited while another
    invitation to the address is open; InvitationLimitReached.
    """
    address = email.strip()
    memberships.require_role(organization, memberships.giving(role), by=by)
    _check(address, role)
    with transaction.atomic():
        memberships.hold(organization, memberships.giving(role), by=by)
        _refuse_pointless(organization, address, now=now)
        _count_mail(address, by=by)
        invitation = Invitation.objects.create(
            organization=organization,
            email=address,
            role=role,
            invited_by=by.require_user(),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        _record(Action.INVITATION_CREATED, invitation, by=by, now=now)
        _mail_on_commit(invitation)
    return invitation


def resend(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Mail an invitation anew, for another seven days; the link of the mail before ends at once.

    Raises as require_role, InvitationEnded and InvitationLimitReached.
    """
    with transaction.atomic():
        memberships.hold(invitation.organization, _giving(invitation), by=by)
        invitation.renew(expires_at=now + LIFETIME, now=now)
        _count_mail(invitation.email, by=by)
        _record(Action.INVITATION_RESENT, invitation, by=by, now=now)
        _mail_on_commit(invitation)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Take an invitation back; raises as require_role, and InvitationEnded."""
    memberships.hold(invitation.organization, _giving(invitation), by=by)
    invitation.revoke(now=now)
    _record(Action.INVITATION_REVOKED, invitation, by=by, now=now)


def open_one(slug: str, public_id: str, *, by: Actor, now: datetime) -> Invitation:
    """Return an invitation that can be accepted, to an admin of the organization of that name.

    Raises as `memberships.standing`, and Invitation.DoesNotExist.
    """
    own = memberships.standing(slug, Role.ADMIN, by=by)
    return Invitation.objects.listed_for(own.organization, now=now).get(public_id=public_id)


@sensitive_variables("token")
def find(token: str, *, by: Actor) -> Invitation:
    """Return the invitation of a link, whatever its state, to the person it went to.

    Raises SignInRequired, Invitation.DoesNotExist, and InvitedElsewhere for anybody else.
    """
    user = by.require_user()
    rows = Invitation.objects.select_related("organization__namespace", "invited_by")
    invitation = rows.get(digest=token_format.digest(token))
    if not invitation.is_for(user):
        raise InvitedElsewhere(masked(invitation.email))
    return invitation


@transaction.atomic
def accept(invitation: Invitation, *, by: Actor, now: datetime) -> Membership:
    """Join; whoever belongs already, because they press twice, stays what they are.

    Raises SignInRequired, InvitedElsewhere and InvitationEnded.
    """
    user = _invited(invitation, by=by)
    organization = invitation.organization
    organization.lock()
    belongs = Membership.objects.filter(organization=organization, user=user).first()
    try:
        invitation.accept(by=user, now=now)
    except InvitationEnded:
        if belongs is None:
            raise
        return belongs
    membership = belongs or memberships.join(organization, user, Role(invitation.role), now=now)
    _record(Action.INVITATION_ACCEPTED, invitation, by=by, now=now)
    _tell_inviter(invitation, user)
    return membership


@transaction.atomic
def decline(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Say no; raises SignInRequired, InvitedElsewhere and InvitationEnded."""
    _invited(invitation, by=by)
    invitation.decline(now=now)
    _record(Action.INVITATION_DECLINED, invitation, by=by, now=now)


def masked(email: str) -> str:
    """Return an address of which its owner recognises what is left.

    >>> masked("bob@mail.example.com")
    'b•••@m•••.com'
    """
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"


@shared_task(
    name="accounts.mail_invitation",
    autoretry_for=mail.PASSING,
    retry_backoff=True,
    max_retries=mail.RETRIES,
)
@sensitive_variables("token", "facts", "letter")
def mail_invitation(pk: int) -> None:
    """Make a token and mail it; a second run ends the token of the first, and mails another."""
    rows = Invitation.objects.select_related("organization__namespace", "invited_by")
    invitation = rows.filter(pk=pk).first()
    if invitation is None:
        return
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    try:
        invitation.take_token(token_format.digest(token), now=timezone.now())
    except InvitationEnded:
        return
    slug = invitation.organization.slug
    facts = {
        "organization": slug,
        "inviter": invitation.invited_by.username,
        "role": invitation.role,
        "link": f"{settings.SITE_URL}/invites/{token}",
        "expires_at": f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC",
    }
    letter = Letter(template="invitation", subject=f"Invitation to {slug}", facts=facts)
    mail.deliver(letter, to=invitation.email)


@transaction.atomic
def purge(*, now: datetime, dry_run: bool) -> int:
    """Remove invitations that ended a week ago, with their addresses; return how many."""
    over = Invitation.objects.over(before=now - KEPT_AFTER_END)
    count = over.count()
    if not dry_run:
        over.delete()
    return count


@shared_task(name="accounts.purge_invitations")
def purge_invitations() -> int:
    """Purge what has ended."""
    return purge(now=timezone.now(), dry_run=False)


def _check(email: str, role: Role) -> None:
    if role not in INVITED_AS:
        message = "Invite as member or admin; an owner makes them an owner when they are here."
        raise InvalidInvitation("role", message)
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInvitation("email", "Give a full e-mail address.") from error


def _refuse_pointless(organization: Organization, email: str, *, now: datetime) -> None:
    """Refuse to invite who is here, or was invited; an invitation that has lapsed makes room."""
    if organization.memberships.filter(user__email__iexact=email).exists():
        raise AlreadyMember
    earlier = Invitation.objects.pending().filter(organization=organization).to(email)
    if earlier.filter(expires_at__gt=now).exists():
        raise AlreadyInvited
    earlier.revoke(now=now)


def _count_mail(email: str, *, by: Actor) -> None:
    """Count one more mail for its sender and for whom it goes to; raises InvitationLimitReached.

    The second keeps people from being flooded by many senders.
    """
    sender = by.require_user().public_id
    reader = token_format.digest(email.lower())
    for key, most in (
        (f"invitations:by:{sender}", settings.INVITATIONS_A_DAY),
        (f"invitations:to:{reader}", settings.INVITATIONS_TO_ADDRESS_A_DAY),
    ):
        if Counter(key, _DAY).count() > most:
            raise InvitationLimitReached(retry_after=_DAY)


def _giving(invitation: Invitation) -> Role:
    return memberships.giving(Role(invitation.role))


def _invited(invitation: Invitation, *, by: Actor) -> User:
    user = by.require_user()
    if not invitation.is_for(user):
        raise InvitedElsewhere(masked(invitation.email))
    return user


def _mail_on_commit(invitation: Invitation) -> None:
    key = invitation.pk
    transaction.on_commit(lambda: mail_invitation.delay(key), robust=True)


def _tell_inviter(invitation: Invitation, joined: User) -> None:
    slug = invitation.organization.slug
    facts = {"organization": slug, "username": joined.username, "role": invitation.role}
    subject = f"{joined.username} has joined {slug}"
    letter = Letter(template="invitation_accepted", subject=subject, facts=facts)
    mail.send_on_commit(letter, to=invitation.invited_by.email)


def _record(action: Action, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    data = {"organization": invitation.organization.public_id, "role": invitation.role}
    record(action, by=by.who, now=now, subject=invitation.subject, data=data)
