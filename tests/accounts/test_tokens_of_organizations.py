"""Tokens that act for an organization: who may have one, and when it ends."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts import tokens
from accounts.errors import InvalidCredential, RoleRequired
from accounts.models import CredentialKind, Membership, Organization, Role, User
from accounts.scopes import Scope
from accounts.tokens import IssuedToken, TokenRequest
from audit.actions import Action
from audit.models import Event
from tests.devices import person
from tests.factories.accounts import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory.create()


@transaction.atomic
def issued(user: User, acme: Organization, kind: CredentialKind, *, now: datetime) -> IssuedToken:
    """Make a token of a kind that acts for an organization."""
    client = "mog-cli" if kind == CredentialKind.DEVICE else ""
    wanted = TokenRequest(
        kind=kind, label="agent", scopes={Scope.READ}, organization=acme, client_id=client
    )
    return tokens.issue(wanted, owner=user, by=person(user), now=now)


BOUND = [CredentialKind.PERSONAL, CredentialKind.DEVICE, CredentialKind.ORGANIZATION]


@pytest.mark.parametrize("kind", BOUND)
def test_nobody_gets_a_token_for_an_organization_they_do_not_belong_to(
    charlie: User, acme: Organization, kind: CredentialKind, now: datetime
) -> None:
    with pytest.raises(Organization.DoesNotExist):
        issued(charlie, acme, kind, now=now)


@pytest.mark.parametrize("kind", BOUND)
def test_nobody_gets_a_token_for_a_deleted_organization(
    alice: User, acme: Organization, kind: CredentialKind, now: datetime
) -> None:
    MembershipFactory.create(organization=acme, user=alice)
    Organization.objects.update(deleted_at=now)
    with pytest.raises(Organization.DoesNotExist):
        issued(alice, acme, kind, now=now)


def test_an_organizations_own_token_takes_an_admin(
    alice: User, acme: Organization, now: datetime
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    with pytest.raises(RoleRequired):
        issued(alice, acme, CredentialKind.ORGANIZATION, now=now)
    Membership.objects.update(role=Role.ADMIN)
    made = issued(alice, acme, CredentialKind.ORGANIZATION, now=now)
    assert made.plaintext.startswith("mog_org_")
    assert tokens.look_up(made.plaintext, now=now).organization == acme


def test_who_is_no_admin_any_more_keeps_only_what_a_member_may_have(
    alice: User, acme: Organization, now: datetime
) -> None:
    MembershipFactory.create(organization=acme, user=alice)
    made = {kind: issued(alice, acme, kind, now=now) for kind in BOUND}
    kind, by = CredentialKind.ORGANIZATION, person(alice)
    for ended in (1, 0):
        assert ended == tokens.revoke_bound_to(
            acme, of=alice, kind=kind, by=by, now=now, reason="role changed"
        )
    assert tokens.look_up(made[CredentialKind.PERSONAL].plaintext, now=now)
    with pytest.raises(InvalidCredential):
        tokens.look_up(made[CredentialKind.ORGANIZATION].plaintext, now=now)


def test_who_left_and_joins_again_needs_new_tokens(
    alice: User, bob: User, acme: Organization, now: datetime
) -> None:
    for user in (alice, bob):
        MembershipFactory.create(organization=acme, user=user)
    made = [issued(alice, acme, kind, now=now) for kind in BOUND]
    kept = issued(bob, acme, CredentialKind.PERSONAL, now=now)
    assert tokens.revoke_bound_to(acme, of=alice, by=person(alice), now=now, reason="left") == 3
    for token in made:
        with pytest.raises(InvalidCredential):
            tokens.look_up(token.plaintext, now=now)
    assert tokens.look_up(kept.plaintext, now=now)


def test_with_an_organization_end_the_tokens_of_all_and_each_is_in_the_trail(
    alice: User, bob: User, acme: Organization, now: datetime
) -> None:
    for user in (alice, bob):
        MembershipFactory.create(organization=acme, user=user)
        issued(user, acme, CredentialKind.PERSONAL, now=now)
    assert tokens.revoke_bound_to(acme, by=person(alice), now=now, reason="organization ended") == 2
    assert Event.objects.filter(action=Action.TOKEN_REVOKED).count() == 2
