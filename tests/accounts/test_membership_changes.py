"""Who makes whom what, who goes, and what goes with them."""

from datetime import datetime

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts import memberships
from accounts.actor import Actor
from accounts.errors import LastOwner, RoleRequired, StepUpRequired
from accounts.models import (
    Credential,
    CredentialKind,
    DeviceGrant,
    Invitation,
    InvitationState,
    Membership,
    Organization,
    Role,
    User,
)
from accounts.models.device_grant import DeviceGrantState
from audit.actions import Action
from audit.models import Event
from tests.bearer import Bearer
from tests.devices import person
from tests.factories.accounts import DeviceGrantFactory, InvitationFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db

OWNER, ADMIN, MEMBER = Role.OWNER, Role.ADMIN, Role.MEMBER


@pytest.fixture
def acme(db: None) -> Team:
    team = Team()
    team.joined(OWNER)
    return team


def change(member: Membership, role: Role, by: Actor) -> Membership:
    return memberships.change_role(member, role, by=by, now=timezone.now())


def remove(member: Membership, by: Actor) -> None:
    memberships.remove(member, by=by, now=timezone.now())


# What each may make of whom: only these.
_MAY_CHANGE = {(OWNER, was, becomes) for was in Role for becomes in Role if was != becomes}
_MAY_REMOVE = {(OWNER, was) for was in Role} | {(ADMIN, MEMBER)}


@pytest.mark.parametrize("acting", Role)
@pytest.mark.parametrize("was", Role)
@pytest.mark.parametrize("becomes", Role)
def test_only_owners_change_roles(acme: Team, acting: Role, was: Role, becomes: Role) -> None:
    member, by = acme.joined(was), acme.actor(acting)
    if was == becomes:
        return
    if (acting, was, becomes) in _MAY_CHANGE:
        assert change(member, becomes, by).role == becomes
        return
    with pytest.raises(RoleRequired):
        change(member, becomes, by)
    assert Membership.objects.get(pk=member.pk).role == was


@pytest.mark.parametrize("acting", Role)
@pytest.mark.parametrize("was", Role)
def test_admins_remove_members_and_owners_everybody(acme: Team, acting: Role, was: Role) -> None:
    member, by = acme.joined(was), acme.actor(acting)
    if (acting, was) in _MAY_REMOVE:
        remove(member, by)
        assert not Membership.objects.filter(pk=member.pk).exists()
        return
    with pytest.raises(RoleRequired):
        remove(member, by)
    assert Membership.objects.filter(pk=member.pk).exists()


def test_a_stranger_changes_and_removes_nobody(acme: Team, charlie: User) -> None:
    member = acme.joined(MEMBER)
    Team("other").joined(OWNER, charlie)
    with pytest.raises(Organization.DoesNotExist):
        change(member, ADMIN, person(charlie))
    with pytest.raises(Organization.DoesNotExist):
        remove(member, person(charlie))


@pytest.mark.parametrize(("was", "becomes"), [(MEMBER, OWNER), (OWNER, ADMIN), (OWNER, MEMBER)])
def test_ownership_is_given_and_taken_by_a_present_person_only(
    acme: Team, was: Role, becomes: Role
) -> None:
    member, owner = acme.joined(was), acme.joined(OWNER).user
    for by in (person(owner, stepped_up=False), Bearer(owner, "org").actor):
        with pytest.raises(StepUpRequired):
            change(member, becomes, by)
    assert change(member, becomes, person(owner)).role == becomes


def test_a_token_with_the_scope_org_makes_admins(acme: Team) -> None:
    owner = acme.joined(OWNER).user
    assert change(acme.joined(MEMBER), ADMIN, Bearer(owner, "org").actor).role == ADMIN


def test_owners_go_and_are_removed_by_a_present_person_only(acme: Team) -> None:
    owner, other = acme.joined(OWNER), acme.joined(OWNER)
    with pytest.raises(StepUpRequired):
        remove(other, Bearer(owner.user, "org").actor)
    with pytest.raises(StepUpRequired):
        remove(owner, Bearer(owner.user, "org").actor)
    remove(owner, person(owner.user))
    assert not Membership.objects.filter(pk=owner.pk).exists()


@pytest.mark.parametrize("role", [ADMIN, MEMBER])
def test_everybody_else_leaves_with_a_token_too(acme: Team, role: Role) -> None:
    member = acme.joined(role)
    by = Bearer(member.user, "org").actor
    memberships.remove(member, by=by, now=timezone.now())
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_the_last_owner_cannot_leave_be_removed_or_demoted(acme: Team) -> None:
    owner = Membership.objects.get(role=OWNER)
    acme.joined(ADMIN)
    with pytest.raises(LastOwner):
        remove(owner, person(owner.user))
    for role in (ADMIN, MEMBER):
        with pytest.raises(LastOwner):
            change(owner, role, person(owner.user))
    assert Membership.objects.get(pk=owner.pk).role == OWNER


def test_an_owner_who_may_not_sign_in_is_not_one_who_stays(acme: Team) -> None:
    owner, other = Membership.objects.get(role=OWNER), acme.joined(OWNER)
    User.objects.filter(pk=other.user.pk).update(is_active=False)
    with pytest.raises(LastOwner):
        remove(owner, person(owner.user))
    remove(other, person(owner.user))
    assert Membership.objects.get(role=OWNER) == owner


def test_ownership_is_handed_over_by_making_another_owner_first(acme: Team) -> None:
    owner, heir = Membership.objects.get(role=OWNER), acme.joined(MEMBER)
    change(heir, OWNER, person(owner.user))
    remove(owner, person(owner.user))
    assert list(Membership.objects.all()) == [heir]


def test_the_same_role_again_changes_nothing_and_asks_for_nothing(acme: Team) -> None:
    owner, other = acme.joined(OWNER), acme.joined(OWNER)
    change(other, OWNER, person(owner.user, stepped_up=False))
    assert not Event.objects.filter(action=Action.MEMBERSHIP_CHANGED).exists()


def test_who_has_left_meanwhile_cannot_be_changed_or_removed(acme: Team) -> None:
    member, by = acme.joined(MEMBER), acme.actor(OWNER)
    remove(member, person(member.user))
    with pytest.raises(Membership.DoesNotExist):
        change(member, ADMIN, by)
    with pytest.raises(Membership.DoesNotExist):
        remove(member, by)


def test_with_a_person_goes_all_that_acts_through_them_and_nothing_else(acme: Team) -> None:
    member, now = acme.joined(ADMIN), timezone.now()
    bound = {"organization": acme.organization}
    ended = [
        Bearer(member.user, "read", **bound).credential,
        Bearer(member.user, "read", kind=CredentialKind.ORGANIZATION, **bound).credential,
    ]
    other = Team("other")
    other.joined(MEMBER, member.user)
    kept = [
        Bearer(member.user, "read").credential,
        Bearer(member.user, "read", organization=other.organization).credential,
        Bearer(acme.joined(MEMBER).user, "read", **bound).credential,
    ]
    browser = person(member.user).credential
    assert browser is not None
    Credential.objects.filter(pk=browser.pk).update(organization=acme.organization)
    remove(member, person(member.user))
    assert revoked(*ended) == {True}
    assert revoked(*kept) == {False}
    browser.refresh_from_db()
    assert (browser.organization, browser.revoked_at) == (None, None)
    assert browser in Credential.objects.live(now=now)
    assert Event.objects.filter(action=Action.TOKEN_REVOKED).count() == 2


def test_a_device_that_was_let_in_gets_no_token_after_its_person_has_left(acme: Team) -> None:
    member, now = acme.joined(MEMBER), timezone.now()
    grant = DeviceGrantFactory.create(
        state=DeviceGrantState.APPROVED,
        user=member.user,
        decided_at=now,
        granted_scope="read",
        token_lifetime_seconds=60,
        organization=acme.organization,
    )
    memberships.remove(member, by=person(member.user), now=now)
    assert DeviceGrant.objects.get(pk=grant.pk).has_lapsed(now=now)


def test_organization_tokens_die_when_their_creator_loses_admin(acme: Team) -> None:
    member = acme.joined(OWNER)
    bound = {"organization": acme.organization}
    token = Bearer(member.user, "read", kind=CredentialKind.ORGANIZATION, **bound).credential
    own = Bearer(member.user, "read", **bound).credential
    by = acme.actor(OWNER)
    change(member, ADMIN, by)
    assert revoked(token, own) == {False}
    change(member, MEMBER, by)
    assert revoked(token) == {True}
    assert revoked(own) == {False}


def test_an_invitation_dies_with_the_right_to_make_it(acme: Team) -> None:
    member, by = acme.joined(OWNER), acme.actor(OWNER)
    made = {"organization": acme.organization, "invited_by": member.user}
    to_admin = InvitationFactory.create(role=ADMIN, **made)
    to_member = InvitationFactory.create(role=MEMBER, **made)
    others = InvitationFactory.create(organization=acme.organization, invited_by=by.user)
    change(member, ADMIN, by)
    assert pending() == {to_member, others}
    assert Invitation.objects.get(pk=to_admin.pk).state == InvitationState.REVOKED
    change(member, MEMBER, by)
    assert pending() == {others}


def test_what_somebody_offered_goes_with_them(acme: Team) -> None:
    member = acme.joined(ADMIN)
    InvitationFactory.create(organization=acme.organization, invited_by=member.user)
    elsewhere = InvitationFactory.create(invited_by=member.user)
    remove(member, acme.actor(OWNER))
    assert pending() == {elsewhere}


def test_changes_are_in_the_trail_of_whom_they_concern(acme: Team) -> None:
    member, by = acme.joined(MEMBER), acme.actor(OWNER)
    change(member, ADMIN, by)
    remove(member, by)
    seen = Event.objects.security_events_of(member.user.public_id)
    assert [event.action for event in seen] == [
        Action.MEMBERSHIP_ENDED,
        Action.MEMBERSHIP_CHANGED,
    ]


@pytest.mark.django_db(transaction=True)
def test_people_are_told_by_mail(acme: Team, mailbox: list[EmailMessage]) -> None:
    member, by = acme.joined(MEMBER), acme.actor(OWNER)
    change(member, ADMIN, by)
    remove(member, by)
    assert [mail.to for mail in mailbox] == [[member.user.email]] * 2
    assert "you are now an admin, no longer a member" in mailbox[0].body
    assert "you no longer belong to it" in mailbox[1].body


def revoked(*credentials: Credential) -> set[bool]:
    rows = Credential.objects.filter(pk__in=[each.pk for each in credentials])
    return {row.revoked_at is not None for row in rows}


def pending(now: datetime | None = None) -> set[Invitation]:
    return set(Invitation.objects.open(now=now or timezone.now()))
