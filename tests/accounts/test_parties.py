"""Who decides for a person or an organization, and is written to."""

import pytest

from accounts import parties
from accounts.models import Membership, Role, User
from tests.factories.accounts import UserFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Team:
    return Team()


@pytest.fixture
def owner(acme: Team) -> User:
    return acme.joined(Role.OWNER).user


@pytest.fixture
def member(acme: Team) -> User:
    return acme.joined(Role.MEMBER).user


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_owners_and_admins_decide_for_an_organization_and_nobody_else(
    acme: Team, owner: User, member: User
) -> None:
    admin = acme.joined(Role.ADMIN).user
    Team(slug="globex").joined(Role.OWNER)
    assert list(parties.deciders_of(acme.organization)) == [owner, admin]
    assert parties.addresses_of(acme.organization) == [owner.email, admin.email]


def test_a_person_decides_for_themselves(owner: User, member: User) -> None:
    assert list(parties.deciders_of(member)) == [member]
    assert parties.addresses_of(member, rather=owner) == [member.email]


def test_who_may_not_sign_in_decides_nothing(acme: Team, owner: User) -> None:
    closed = acme.joined(Role.ADMIN).user
    close(closed)
    assert list(parties.deciders_of(acme.organization)) == [owner]
    assert not parties.deciders_of(closed)


def test_a_person_who_may_not_sign_in_is_told_of_what_is_theirs() -> None:
    alice = UserFactory.create()
    close(alice)
    assert parties.addresses_of(alice) == [alice.email]


def test_a_member_can_be_told_alone(acme: Team, owner: User, member: User) -> None:
    assert parties.addresses_of(acme.organization, rather=member) == [member.email]


def test_who_decides_is_told_in_place_of_a_member_who_has_left(
    acme: Team, owner: User, member: User
) -> None:
    Membership.objects.filter(user=member).delete()
    assert parties.addresses_of(acme.organization, rather=member) == [owner.email]


def test_who_decides_is_told_in_place_of_a_member_who_may_not_sign_in(
    acme: Team, owner: User, member: User
) -> None:
    close(member)
    member.refresh_from_db()
    assert parties.addresses_of(acme.organization, rather=member) == [owner.email]


def test_an_organization_is_its_members_own(acme: Team, member: User) -> None:
    assert parties.belongs(member, acme.organization)
    assert not parties.belongs(UserFactory.create(), acme.organization)
