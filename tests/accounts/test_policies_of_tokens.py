"""A person picks the policy that a token buys under: when it is made, let in, or later."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Credential, SpendPolicy, User
from accounts.scopes import Scope
from tests import devices
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import SpendPolicyFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(bob: User) -> Client:
    """Bob's browser; he proved who he is a moment ago."""
    client = Client()
    sign_in(client, bob)
    return client


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    """A policy of Bob's beside his default one."""
    return SpendPolicyFactory.create(user=bob, name="Agents")


def form_of(browser: Client, **more: object) -> dict[str, object]:
    """Return what the form for a new token sends."""
    page = browser.get("/settings/tokens/new")
    ticket = page.context["form"]["ticket"].value()
    return {"label": "agent", "lifetime": "day", "ticket": ticket, **more}


def test_a_new_token_buys_under_the_chosen_policy(browser: Client, policy: SpendPolicy) -> None:
    form = form_of(browser, scopes=["purchase", "read"], policy=policy.public_id)
    assert browser.post("/settings/tokens/new", form).status_code == 200
    assert Credential.objects.get(label="agent").spend_policy == policy


def test_a_token_that_buys_nothing_has_none(browser: Client, policy: SpendPolicy) -> None:
    form = form_of(browser, scopes=["read"], policy=policy.public_id)
    browser.post("/settings/tokens/new", form)
    assert Credential.objects.get(label="agent").spend_policy is None


def test_with_one_policy_there_is_nothing_to_choose(browser: Client, bob: User) -> None:
    form = form_of(browser, scopes=["purchase", "read"])
    assert "Spends under" not in browser.get("/settings/tokens/new").content.decode()
    browser.post("/settings/tokens/new", form)
    token = Credential.objects.get(label="agent")
    assert token.spend_policy == SpendPolicy.objects.default_of(bob)


@pytest.mark.parametrize("whose", ["a stranger's", "deleted", "nobody's"])
def test_what_is_not_offered_is_refused(
    browser: Client, policy: SpendPolicy, charlie: User, whose: str
) -> None:
    chosen = {
        "a stranger's": SpendPolicy.objects.default_of(charlie).public_id,
        "deleted": SpendPolicyFactory.create(user=policy.user, deleted_at=timezone.now()).public_id,
        "nobody's": "pol_00000000000000000000",
    }[whose]
    form = form_of(browser, scopes=["purchase"], policy=chosen)
    assert browser.post("/settings/tokens/new", form).status_code == 422
    assert not Credential.objects.filter(label="agent").exists()


def test_a_device_is_let_in_under_the_chosen_policy(browser: Client, policy: SpendPolicy) -> None:
    started = devices.started(timezone.now(), Scope.PURCHASE, Scope.READ)
    browser.post("/device", {"user_code": started.user_code})
    grant = devices.grant_of(started)
    form = {
        "decision": "approve",
        "scopes": ["purchase", "read"],
        "lifetime": "day",
        "policy": policy.public_id,
    }
    browser.post(f"/device/{grant.public_id}", form)
    assert devices.grant_of(started).spend_policy == policy


def test_a_live_token_is_put_under_another(browser: Client, bob: User, policy: SpendPolicy) -> None:
    token = Bearer(bob, BUYER).credential
    path = f"/settings/tokens/{token.public_id}/policy"
    assert path in browser.get("/settings/tokens").content.decode()
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"policy": policy.public_id})["Location"] == "/settings/tokens"
    assert Credential.objects.get(pk=token.pk).spend_policy == policy


def test_nobody_puts_a_strangers_token_anywhere(
    browser: Client, bob: User, charlie: User, policy: SpendPolicy
) -> None:
    theirs = Bearer(charlie, BUYER).credential
    path = f"/settings/tokens/{theirs.public_id}/policy"
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"policy": policy.public_id}).status_code == 404
    reads_only = Bearer(bob, "read").credential
    assert browser.get(f"/settings/tokens/{reads_only.public_id}/policy").status_code == 404


def test_it_takes_a_proof_of_identity(bob: User, policy: SpendPolicy) -> None:
    client = Client()
    sign_in(client, bob, proven_ago=timedelta(minutes=11))
    token = Bearer(bob, BUYER).credential
    path = f"/settings/tokens/{token.public_id}/policy"
    assert "/step-up" in client.post(path, {"policy": policy.public_id})["Location"]
    assert Credential.objects.get(pk=token.pk).spend_policy != policy
