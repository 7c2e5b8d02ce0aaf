"""Who acts, and what the value lets them do."""

import pytest

from accounts.actor import Actor
from accounts.errors import MissingScope, SignInRequired, StepUpRequired
from accounts.models import Credential, CredentialKind, User
from accounts.scopes import ALL_SCOPES, Scope
from audit.who import ActorKind, Origin
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
