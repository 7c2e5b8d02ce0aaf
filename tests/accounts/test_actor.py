"""Who acts, and what the value lets them do."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import tokens
from accounts.actor import Actor
from accounts.errors import InvalidCredential, MissingScope, SignInRequired, StepUpRequired
from accounts.models import Credential, CredentialKind, Role, User
from accounts.scopes import ALL_SCOPES, Scope
from audit.who import ActorKind, Origin
from tests.bearer import Bearer
from tests.factories.accounts import CredentialFactory, OrganizationFactory

ORIGIN = Origin(request_id="req-1", ip="192.0.2.7", user_agent="test")


@pytest.fixture
def token(alice: User) -> Credential:
    return CredentialFactory.create(user=alice, scope="read")


@pytest.fixture
def web_session(alice: User) -> Credential:
    return CredentialFactory.create(
        user=alice, kind=CredentialKind.INTERNAL, digest=None, prefix="", expires_at=None
    )


def test_an_actor_brings_what_its_credential_brings(alice: User) -> None:
    organization = OrganizationFactory.create()
    policy = alice.spend_policies.get()
    credential = CredentialFactory.create(
        user=alice, scope="purchase read", spend_policy=policy, organization=organization
    )
    actor = Actor.of(credential, origin=ORIGIN)
    assert (actor.user, actor.policy, actor.organization) == (alice, policy, organization)
    assert actor.scopes == {Scope.PURCHASE, Scope.READ}


def test_nobody_may_do_nothing() -> None:
    nobody = Actor.anonymous(origin=ORIGIN)
    assert not nobody.is_authenticated
    with pytest.raises(SignInRequired):
        nobody.require_user()
    with pytest.raises(SignInRequired):
        nobody.require_scope(Scope.READ)
    with pytest.raises(SignInRequired):
        nobody.require_step_up()


def test_a_missing_scope_is_named(token: Credential) -> None:
    with pytest.raises(MissingScope) as refusal:
        Actor.of(token, origin=ORIGIN).require_scope(Scope.SELL)
    assert refusal.value.scope == Scope.SELL


def test_a_scope_the_credential_has_opens_the_door(token: Credential, alice: User) -> None:
    assert Actor.of(token, origin=ORIGIN).require_scope(Scope.READ) == alice


def test_a_token_is_never_stepped_up_whatever_the_caller_claims(token: Credential) -> None:
    with pytest.raises(StepUpRequired):
        Actor.of(token, origin=ORIGIN, stepped_up=True).require_step_up()


def test_a_browser_session_is_stepped_up_only_by_recent_proof(
    web_session: Credential, alice: User
) -> None:
    with pytest.raises(StepUpRequired):
        Actor.of(web_session, origin=ORIGIN).require_step_up()
    assert Actor.of(web_session, origin=ORIGIN, stepped_up=True).require_step_up() == alice


def test_the_trail_learns_opaque_ids_only(token: Credential, alice: User) -> None:
    who = Actor.of(token, origin=ORIGIN).who
    assert (who.kind, who.user_id, who.credential_id) == (
        ActorKind.USER,
        alice.public_id,
        token.public_id,
    )
    assert who.organization_id == ""
    assert who.origin == ORIGIN


def test_the_system_has_every_scope_and_no_user() -> None:
    system = Actor.system()
    assert system.scopes == ALL_SCOPES
    with pytest.raises(SignInRequired):
        system.require_user()


def test_staff_act_under_their_own_name(alice: User) -> None:
    actor = Actor.staff(alice, origin=ORIGIN)
    assert actor.who.kind == ActorKind.STAFF
    assert actor.who.user_id == alice.public_id


class TestActingForAnOrganization:
    def test_brings_the_role_in_the_one_query_of_a_token(
        self, alice: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        token = Bearer(alice, organization=OrganizationFactory.create())
        with django_assert_num_queries(1):
            credential = tokens.look_up(token.plaintext, now=timezone.now())
            actor = Actor.of(credential, origin=ORIGIN)
        assert actor.role == Role.OWNER

    def test_ends_for_a_token_whose_user_belongs_there_no_more(self, alice: User) -> None:
        token = Bearer(alice, organization=OrganizationFactory.create())
        alice.memberships.all().delete()
        with pytest.raises(InvalidCredential):
            tokens.look_up(token.plaintext, now=timezone.now())

    def test_ends_with_the_organization(self, alice: User) -> None:
        organization = OrganizationFactory.create(deleted_at=timezone.now())
        token = Bearer(alice, organization=organization)
        with pytest.raises(InvalidCredential):
            tokens.look_up(token.plaintext, now=timezone.now())


@pytest.mark.parametrize(
    ("has", "may"),
    [
        (Role.OWNER, {Role.OWNER, Role.ADMIN, Role.MEMBER}),
        (Role.ADMIN, {Role.ADMIN, Role.MEMBER}),
        (Role.MEMBER, {Role.MEMBER}),
    ],
)
def test_a_role_covers_those_below_it(has: Role, may: set[Role]) -> None:
    assert {needed for needed in Role if has.covers(needed)} == may
