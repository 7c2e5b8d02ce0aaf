"""Who may do what in an organization."""

import pytest
from django.utils import timezone

from accounts import memberships
from accounts.errors import MissingScope, RoleRequired
from accounts.models import Organization, Role, User
from tests.bearer import Bearer
from tests.devices import person
from tests.factories.accounts import MembershipFactory, OrganizationFactory


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory.create()


def test_a_member_is_known_by_their_role(alice: User, acme: Organization) -> None:
    joined = MembershipFactory.create(organization=acme, user=alice, role=Role.ADMIN)
    assert memberships.require_role(acme, Role.ADMIN, by=person(alice)) == joined


def test_a_member_may_not_what_needs_a_higher_role(alice: User, acme: Organization) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    with pytest.raises(RoleRequired):
        memberships.require_role(acme, Role.ADMIN, by=person(alice))


def test_to_a_stranger_an_organization_does_not_exist(alice: User, acme: Organization) -> None:
    MembershipFactory.create(user=alice)
    with pytest.raises(Organization.DoesNotExist):
        memberships.require_role(acme, Role.MEMBER, by=person(alice))


def test_a_deleted_organization_exists_for_nobody(alice: User, acme: Organization) -> None:
    MembershipFactory.create(organization=acme, user=alice)
    Organization.objects.update(deleted_at=timezone.now())
    with pytest.raises(Organization.DoesNotExist):
        memberships.require_role(acme, Role.MEMBER, by=person(alice))


def test_a_token_needs_the_scope_org(alice: User, acme: Organization) -> None:
    MembershipFactory.create(organization=acme, user=alice)
    with pytest.raises(MissingScope):
        memberships.require_role(acme, Role.MEMBER, by=Bearer(alice, "read").actor)
    assert memberships.require_role(acme, Role.MEMBER, by=Bearer(alice, "org").actor)


def test_a_token_of_one_organization_is_a_stranger_in_another(
    alice: User, acme: Organization
) -> None:
    MembershipFactory.create(organization=acme, user=alice)
    elsewhere = Bearer(alice, "org", organization=OrganizationFactory.create())
    with pytest.raises(Organization.DoesNotExist):
        memberships.require_role(acme, Role.MEMBER, by=elsewhere.actor)
