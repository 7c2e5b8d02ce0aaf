"""Organizations: made, named, listed."""

import pytest
from django.utils import timezone

from accounts import organizations
from accounts.errors import (
    BoundToOrganization,
    InvalidNamespace,
    InvalidOrganization,
    MissingScope,
    RoleRequired,
)
from accounts.models import Membership, Organization, Role, User
from audit.actions import Action
from audit.models import Event
from tests.bearer import Bearer
from tests.devices import person
from tests.organizations import Team

pytestmark = pytest.mark.django_db


def created(user: User, slug: str = "acme", name: str = "Acme") -> Membership:
    return organizations.create(slug=slug, name=name, by=person(user), now=timezone.now())


def test_whoever_makes_an_organization_owns_it(alice: User) -> None:
    made = created(alice)
    assert (made.user, made.role) == (alice, Role.OWNER)
    assert (made.organization.slug, made.organization.name) == ("acme", "Acme")
    event = Event.objects.get(action=Action.ORGANIZATION_CREATED)
    assert event.subject == made.organization.subject


@pytest.mark.parametrize("slug", ["", "a", "A", "admin", "acm3-", "x" * 40, "acme", "acrne"])
def test_a_name_that_cannot_be_taken_makes_no_organization(alice: User, slug: str) -> None:
    created(alice)
    with pytest.raises(InvalidNamespace):
        created(alice, slug)
    assert Organization.objects.count() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "two\nlines", "turned\u202eround"])
def test_a_name_for_people_is_printable_and_short(alice: User, name: str) -> None:
    with pytest.raises(InvalidOrganization):
        created(alice, name=name)
    assert not Organization.objects.exists()


def test_a_token_makes_one_with_the_scope_org_only(alice: User) -> None:
    now = timezone.now()
    with pytest.raises(MissingScope):
        organizations.create(slug="acme", name="A", by=Bearer(alice, "read").actor, now=now)
    assert organizations.create(slug="acme", name="A", by=Bearer(alice, "org").actor, now=now)


def test_a_token_of_one_organization_makes_no_other(alice: User) -> None:
    bound = Bearer(alice, "org", organization=Team().organization)
    with pytest.raises(BoundToOrganization):
        organizations.create(slug="other", name="O", by=bound.actor, now=timezone.now())


def test_people_see_where_they_belong_with_their_role_and_how_many_belong(alice: User) -> None:
    acme, other = Team("acme"), Team("other")
    acme.joined(Role.MEMBER, alice)
    acme.joined(Role.OWNER)
    other.joined(Role.OWNER)
    (seen,) = organizations.listed_for(person(alice))
    assert (seen.slug, vars(seen)["role"], vars(seen)["member_count"]) == ("acme", "member", 2)


def test_a_deleted_one_is_not_listed(alice: User) -> None:
    Team().joined(Role.OWNER, alice)
    Organization.objects.update(deleted_at=timezone.now())
    assert not organizations.listed_for(person(alice))


def test_a_token_of_one_organization_lists_that_one(alice: User) -> None:
    acme, other = Team("acme"), Team("other")
    acme.joined(Role.OWNER, alice)
    other.joined(Role.OWNER, alice)
    bound = Bearer(alice, "org", organization=acme.organization)
    assert [each.slug for each in organizations.listed_for(bound.actor)] == ["acme"]


def test_an_admin_renames_it_and_a_member_may_not() -> None:
    acme, now = Team(), timezone.now()
    organizations.rename(acme.organization, " Acme Inc. ", by=acme.actor(Role.ADMIN), now=now)
    assert Organization.objects.get().name == "Acme Inc."
    with pytest.raises(RoleRequired):
        organizations.rename(acme.organization, "Other", by=acme.actor(Role.MEMBER), now=now)


def test_the_same_name_again_is_no_event() -> None:
    acme, now = Team(), timezone.now()
    admin = acme.actor(Role.ADMIN)
    for _ in range(2):
        organizations.rename(acme.organization, "Acme Inc.", by=admin, now=now)
    assert Event.objects.filter(action=Action.ORGANIZATION_RENAMED).count() == 1
