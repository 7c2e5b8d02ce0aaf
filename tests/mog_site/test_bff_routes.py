"""What a browser gets from the API's own views."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Credential, User
from tests.factories.accounts import CredentialFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's browser, at a site that checks CSRF."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    client.get("/settings/sessions")
    return client


def test_a_browser_learns_who_it_is_and_not_what_it_acts_through(
    browser: Client, alice: User
) -> None:
    answer = browser.get("/bff/users/me")
    assert answer.json() == {
        "id": alice.public_id,
        "username": "alice",
        "displayName": "",
        "credential": None,
        "organization": None,
    }
    internal = Credential.objects.get(user=alice, kind="internal")
    assert internal.public_id not in answer.content.decode()


def test_a_browser_lists_tokens_but_not_its_own_credential(browser: Client, alice: User) -> None:
    token = CredentialFactory.create(user=alice)
    CredentialFactory.create()
    items = browser.get("/bff/tokens").json()["items"]
    assert [item["id"] for item in items] == [token.public_id]


def test_a_browser_revokes_a_token_with_a_csrf_token(browser: Client, alice: User) -> None:
    token = CredentialFactory.create(user=alice)
    route = f"/bff/tokens/{token.public_id}"
    assert browser.delete(route).status_code == 403
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.delete(route, headers={"X-CSRFToken": csrf}).status_code == 204
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_browser_cannot_end_what_is_not_its_persons(browser: Client, alice: User) -> None:
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    others = CredentialFactory.create()
    internal = Credential.objects.get(user=alice, kind="internal")
    for credential in (others, internal):
        route = f"/bff/tokens/{credential.public_id}"
        assert browser.delete(route, headers={"X-CSRFToken": csrf}).status_code == 404


@pytest.mark.parametrize("route", ["/bff/users/me", "/bff/tokens", "/bff/tokens/tok_x"])
def test_every_route_is_closed_to_tokens_and_to_nobody(client: Client, route: str) -> None:
    assert client.get(route).status_code == 401
    bearer = {"Authorization": "Bearer mog_pat_x"}
    assert client.get(route, headers=bearer).status_code == 401


def test_no_route_creates_a_token(browser: Client) -> None:
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    answer = browser.post(
        "/bff/tokens", {}, content_type="application/json", headers={"X-CSRFToken": csrf}
    )
    assert answer.status_code == 405
