"""Who belongs to which organization, as what, and what ends with it.

What changes that holds the organization's row, so that two changes come one after the other: of two
owners who leave at once one stays.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import mail, tokens
from accounts.actor import Actor
from accounts.errors import LastOwner, RoleRequired
from accounts.mail import Letter
from accounts.models import (
    Credential,
    CredentialKind,
    DeviceGrant,
    DeviceGrantState,
    Invitation,
    Membership,
    MembershipQuerySet,
    Organization,
    Role,
    User,
)
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record

_FAREWELLS = {
    "left": "you have left it",
    "removed": "you no longer belong to it",
    "organization_deleted": "it was deleted by an owner",
}


def listed_for(organization: Organization) -> QuerySet[Membership]:
    """Return everybody who belongs to an organization."""
    rows = Membership.objects.filter(organization=organization)
    return rows.select_related("organization__namespace", "user")


def colleague(own: Membership, user_id: str) -> Membership:
    """Return a member of the same organization, by the id of their account.

    Raises Membership.DoesNotExist.
    """
    return listed_for(own.organization).get(user__public_id=user_id)


def require_role(organization: Organization, needed: Role, *, by: Actor) -> Membership:
    """Return what an actor is in an organization, if that is enough.

    A token needs the scope `org`, and one that acts for an organization is a stranger everywhere
    else. Raises SignInRequired, MissingScope, Organization.DoesNotExist for whoever does not
    belong, and RoleRequired for whoever may not.
    """
    return visible_to(by).get_of(organization).require(needed)


def standing(slug: str, needed: Role, *, by: Actor) -> Membership:
    """Return what an actor is in the organization of that name; raises as `require_role`."""
    return visible_to(by).get_in(slug).require(needed)


def visible_to(by: Actor) -> MembershipQuerySet:
    """Return an actor's own memberships with their organizations, as far as their token reaches.

    Raises SignInRequired and MissingScope.
    """
    own = Membership.objects.of(by.require_scope(Scope.ORG)).select_related("user")
    assert by.credential is not None
    if by.credential.is_bound:
        own = own.filter(organization=by.credential.organization_id)
    return own


def hold(organization: Organization, needed: Role, *, by: Actor) -> Membership:
    """Lock an organization until the transaction ends, then answer as `require_role`."""
    organization.lock()
    return require_role(organization, needed, by=by)


def hold_party(by: Actor) -> None:
    """Let nobody delete the organization that an actor acts for until the transaction ends.

    For what begins for it and stays. Raises Organization.DoesNotExist for one that was deleted
    since the request came in; for a person themselves it does nothing.
    """
    if by.organization is not None:
        by.organization.lock_live()


def giving(role: Role) -> Role:
    """Return the role that may make somebody this, and unmake them: owners alone make admins."""
    return Role.ADMIN if role == Role.MEMBER else Role.OWNER


def removable_by(acting: Membership) -> frozenset[str]:
    """Return the roles whose bearers somebody may take out."""
    return frozenset(role for role in Role if Role(acting.role).covers(giving(role)))


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: Actor, now: datetime) -> Membership:
    """Make a member something else; the same again changes nothing.

    Raises as `require_role`; StepUpRequired where somebody becomes an owner or is one no longer;
    LastOwner; Membership.DoesNotExist for who has left meanwhile.
    """
    acting = hold(membership.organization, giving(role), by=by)
    held = _again(membership)
    was = Role(held.role)
    if was == role:
        return held
    _require_power_over(was, becomes=role, acting=acting, by=by)
    if was == Role.OWNER:
        _require_another_owner(held)
    held.role = role
    held.save(update_fields=["role"])
    _end_what_needs_more(held, by=by, now=now)
    data = {"organization": held.organization.public_id, "was": was.value, "role": role.value}
    record(Action.MEMBERSHIP_CHANGED, by=by.who, now=now, subject=_person(held.user), data=data)
    _tell(held, f"you are now {_article(role)} {role.value}, no longer {_article(was)} {was.value}")
    return held


@transaction.atomic
def remove(membership: Membership, *, by: Actor, now: datetime) -> None:
    """Take somebody out, or let them go who remove themselves.

    Raises as `require_role`; StepUpRequired where an owner goes; LastOwner; Membership.DoesNotExist
    for who has left meanwhile.
    """
    is_own = membership.user == by.user
    acting = hold(membership.organization, Role.MEMBER if is_own else Role.ADMIN, by=by)
    held = _again(membership)
    if is_own:
        _require_step_up_of_owners(Role(held.role), by=by)
    else:
        _require_power_over(Role(held.role), acting=acting, by=by)
    if held.role == Role.OWNER:
        _require_another_owner(held)
    _end_invitations(held, left=None, now=now)
    end(held, reason="left" if is_own else "removed", by=by, now=now)


def join(organization: Organization, user: User, role: Role, *, now: datetime) -> Membership:
    """Let somebody belong, inside a transaction that holds the organization and records it."""
    return Membership.objects.create(organization=organization, user=user, role=role, joined_at=now)


def end(membership: Membership, *, reason: str, by: Actor, now: datetime) -> None:
    """End a membership and all that acts through it, inside a transaction that has locked it.

    reason: left, removed, or organization_deleted.
    """
    person, organization = membership.user, membership.organization
    tokens.revoke_bound_to(organization, of=person, by=by, now=now, reason=reason)
    acting_in_browsers = Credential.objects.filter(
        user=person, organization=organization, kind=CredentialKind.INTERNAL
    )
    acting_in_browsers.update(organization=None)
    approved = DeviceGrant.objects.filter(
        user=person, organization=organization, state=DeviceGrantState.APPROVED
    )
    approved.update(expires_at=now)
    role = membership.role
    Membership.objects.filter(pk=membership.pk).delete()
    data = {"organization": organization.public_id, "role": role, "reason": reason}
    record(Action.MEMBERSHIP_ENDED, by=by.who, now=now, subject=_person(person), data=data)
    _tell(membership, _FAREWELLS[reason])


def _again(membership: Membership) -> Membership:
    """Lock a row, which whoever issues a token for it waits for, and return it as it is now.

    Raises Membership.DoesNotExist.
    """
    locked = listed_for(membership.organization).select_for_update(of=("self",))
    return locked.get(pk=membership.pk)


def _require_power_over(
    was: Role, *, becomes: Role = Role.MEMBER, acting: Membership, by: Actor
) -> None:
    """Refuse what would make or touch an owner or an admin without being one who may."""
    for role in (was, becomes):
        if not Role(acting.role).covers(giving(role)):
            raise RoleRequired(giving(role))
        _require_step_up_of_owners(role, by=by)


def _require_step_up_of_owners(role: Role, *, by: Actor) -> None:
    """Let no token, and no session left open, give the role of an owner or take it."""
    if role == Role.OWNER:
        by.require_step_up()


def _require_another_owner(membership: Membership) -> None:
    # One who may not sign in can do nothing for it.
    owners = membership.organization.memberships.filter(role=Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner


def _end_what_needs_more(membership: Membership, *, by: Actor, now: datetime) -> None:
    """End what somebody has made and may not make any more as what they are now."""
    if not membership.is_admin:
        tokens.revoke_bound_to(
            membership.organization,
            of=membership.user,
            kind=CredentialKind.ORGANIZATION,
            by=by,
            now=now,
            reason="no_admin",
        )
    _end_invitations(membership, left=Role(membership.role), now=now)


def _end_invitations(membership: Membership, *, left: Role | None, now: datetime) -> None:
    """Revoke what somebody has offered and may not offer any more."""
    made = Invitation.objects.filter(
        organization=membership.organization, invited_by=membership.user
    )
    lost = [role for role in Role if left is None or not left.covers(giving(role))]
    made.filter(role__in=lost).revoke(now=now)


def _person(user: User) -> str:
    return f"user:{user.public_id}"


def _article(role: Role) -> str:
    return "a" if role == Role.MEMBER else "an"


def _tell(membership: Membership, what: str) -> None:
    slug = membership.organization.slug
    facts = {"what": what, "organization": slug, "username": membership.user.username}
    letter = Letter(
        template="membership_changed", subject=f"Your membership in {slug}", facts=facts
    )
    mail.send_on_commit(letter, to=membership.user.email)
