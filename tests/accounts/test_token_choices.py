"""A person picks for whom a token acts: when it is made, and when a device is let in."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import (
    Credential,
    CredentialKind,
    Membership,
    Organization,
    Role,
    SpendPolicy,
    User,
)
from accounts.scopes import Scope
from tests import devices
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory, SpendPolicyFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

TOKENS = "/settings/tokens"
NEW = "/settings/tokens/new"


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    """Alice is its admin, bob a member."""
    organization = MembershipFactory.create(user=alice, role=Role.ADMIN).organization
    MembershipFactory.create(organization=organization, user=bob, role=Role.MEMBER)
    return organization


def browser_of(user: User, acme: Organization | None = None) -> Client:
    """Return the browser of somebody who proved who they are, and acts for an organization."""
    client = Client()
    sign_in(client, user)
    if acme is not None:
        client.post("/settings/acting", {"organization": acme.slug})
    return client


def send(client: Client, **choices: object) -> Any:
    """Fill the form in and send it."""
    ticket = client.get(NEW).context["form"]["ticket"].value()
    form = {"label": "agent", "scopes": ["read"], "lifetime": "month", "ticket": ticket}
    return client.post(NEW, form | choices)


def made() -> Credential:
    return Credential.objects.get(label="agent")


def test_who_belongs_nowhere_is_asked_nothing(charlie: User) -> None:
    assert "Acts for" not in browser_of(charlie).get(NEW).content.decode()


def test_a_token_acts_for_the_organization_that_was_picked(bob: User, acme: Organization) -> None:
    answer = send(browser_of(bob), organization=acme.slug, scopes=["read", "purchase"])
    assert answer.status_code == 200
    token = tokens.look_up(answer.context["plaintext"], now=timezone.now())
    assert (token.kind, token.organization, token.role) == ("personal", acme, Role.MEMBER)
    assert token.spend_policy == SpendPolicy.objects.default_of(bob)


def test_what_a_browser_acts_for_is_picked_already(bob: User, acme: Organization) -> None:
    assert browser_of(bob, acme).get(NEW).context["form"]["organization"].value() == acme.slug
    assert browser_of(bob).get(NEW).context["form"]["organization"].value() == ""
    send(browser_of(bob, acme), organization="")
    assert made().organization is None


def test_an_admin_makes_the_organizations_own(alice: User, acme: Organization) -> None:
    plaintext = send(browser_of(alice), organization=f"{acme.slug}/own").context["plaintext"]
    assert plaintext.startswith("mog_org_")
    assert (made().kind, made().organization) == (CredentialKind.ORGANIZATION, acme)


@pytest.mark.parametrize("who", ["a member", "a stranger"])
def test_whoever_is_no_admin_makes_none_of_the_organizations_own(
    bob: User, charlie: User, acme: Organization, who: str
) -> None:
    browser = browser_of(bob if who == "a member" else charlie)
    for choice in (f"{acme.slug}/own", "never-existed", "never-existed/own"):
        assert send(browser, organization=choice).status_code == 422
        assert not Credential.objects.filter(label="agent").exists()


def test_a_stranger_cannot_bind_a_token(charlie: User, acme: Organization) -> None:
    MembershipFactory.create(user=charlie, organization=OrganizationFactory.create())
    assert send(browser_of(charlie), organization=acme.slug).status_code == 422
    assert not Credential.objects.filter(label="agent").exists()


def test_it_spends_under_a_policy_of_the_organization_it_acts_for(
    bob: User, acme: Organization
) -> None:
    policy = SpendPolicyFactory.create(organization=acme, name="Everybody")
    browser = browser_of(bob)
    assert "Everybody (Acme)" in browser.get(NEW).content.decode()
    choice = {"scopes": ["purchase"], "policy": policy.public_id}
    assert send(browser, organization=acme.slug, **choice).status_code == 200
    assert made().spend_policy == policy


def test_it_spends_under_no_policy_of_another_organization(bob: User, acme: Organization) -> None:
    policy = SpendPolicyFactory.create(organization=acme)
    choice = {"scopes": ["purchase"], "policy": policy.public_id}
    browser = browser_of(bob)
    refused = send(browser, **choice)
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"policy"})
    other = MembershipFactory.create(user=bob).organization
    assert send(browser, organization=other.slug, **choice).status_code == 422
    assert not Credential.objects.filter(label="agent").exists()


def test_a_token_is_put_under_a_policy_that_is_offered_to_it(bob: User, acme: Organization) -> None:
    policy = SpendPolicyFactory.create(organization=acme)
    bound = Bearer(bob, "purchase", organization=acme).credential
    own = Bearer(bob, "purchase").credential
    browser = browser_of(bob)
    chosen = {"policy": policy.public_id}
    assert browser.post(f"{TOKENS}/{bound.public_id}/policy", chosen).status_code == 302
    browser.post(f"{TOKENS}/{own.public_id}/policy", chosen)
    bound.refresh_from_db()
    own.refresh_from_db()
    assert (bound.spend_policy, own.spend_policy == policy) == (policy, False)


def test_admins_see_and_end_the_tokens_of_their_organization(
    alice: User, acme: Organization
) -> None:
    dora = MembershipFactory.create(organization=acme, role=Role.ADMIN).user
    send(browser_of(dora), organization=f"{acme.slug}/own")
    browser = browser_of(alice, acme)
    page = browser.get(TOKENS)
    assert [row.made_by for row in page.context["shared"]] == [dora.username]
    assert f"Made by {dora.username}" in page.content.decode()
    assert not browser_of(alice).get(TOKENS).context["shared"]
    path = f"{TOKENS}/{made().public_id}/revoke"
    assert browser_of(alice).post(path).status_code == 404  # for themselves it is not theirs
    assert browser.post(path).status_code == 302
    assert made().revoked_at is not None


@pytest.mark.parametrize("who", ["a member", "a stranger", "an admin elsewhere"])
def test_for_others_they_do_not_exist(
    alice: User, bob: User, charlie: User, acme: Organization, who: str
) -> None:
    send(browser_of(alice), organization=f"{acme.slug}/own")
    elsewhere = MembershipFactory.create(user=charlie).organization
    browser = {
        "a member": lambda: browser_of(bob, acme),
        "a stranger": lambda: browser_of(charlie),
        "an admin elsewhere": lambda: browser_of(charlie, elsewhere),
    }[who]()
    assert not browser.get(TOKENS).context["shared"]
    assert browser.post(f"{TOKENS}/{made().public_id}/revoke").status_code == 404
    assert browser.get(f"{TOKENS}/{made().public_id}/policy").status_code == 404
    assert made().revoked_at is None


def test_an_admin_ends_no_other_tokens_of_members(
    alice: User, bob: User, acme: Organization
) -> None:
    bound = Bearer(bob, "read", organization=acme).credential
    path = f"{TOKENS}/{bound.public_id}/revoke"
    assert browser_of(alice, acme).post(path).status_code == 404


class TestADevice:
    def grant(self, browser: Client, **choices: object) -> Any:
        """Let a device in; return the token that it fetches."""
        started = devices.started(timezone.now(), Scope.PURCHASE, Scope.READ)
        browser.post("/device", {"user_code": started.user_code})
        form = {"decision": "approve", "scopes": ["purchase", "read"], "lifetime": "day"}
        path = f"/device/{devices.grant_of(started).public_id}"
        return started, browser.post(path, form | choices)

    def test_it_acts_for_the_organization_that_was_picked(
        self, bob: User, acme: Organization
    ) -> None:
        started, answer = self.grant(browser_of(bob), organization=acme.slug)
        assert answer.status_code == 302
        token = devices.fetched(started)
        assert token is not None
        assert (token.kind, token.organization) == (CredentialKind.DEVICE, acme)

    def test_it_is_no_organizations_own(self, alice: User, acme: Organization) -> None:
        _, answer = self.grant(browser_of(alice), organization=f"{acme.slug}/own")
        assert answer.status_code == 422

    def test_who_left_meanwhile_gets_no_token(self, bob: User, acme: Organization) -> None:
        started, _ = self.grant(browser_of(bob), organization=acme.slug)
        Membership.objects.filter(user=bob).delete()
        assert devices.fetched(started) is None
        assert not Credential.objects.filter(kind=CredentialKind.DEVICE).exists()

    def test_a_stranger_binds_none(self, charlie: User, acme: Organization) -> None:
        MembershipFactory.create(user=charlie)
        _, answer = self.grant(browser_of(charlie), organization=acme.slug)
        assert answer.status_code == 422
