"""The browser's door and the API's door: each knows one kind of credential."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import token_format
from accounts.models import Credential, User
from accounts.token_format import TokenPrefix
from tests.factories.accounts import CredentialFactory
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.mog_site.bff_probe")]


@pytest.fixture
def browser(alice: User) -> Client:
    """A signed-in browser at a site that checks CSRF, with a page of it open."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    client.get("/settings/sessions")
    return client


@pytest.fixture
def bearer(alice: User) -> dict[str, str]:
    """The header of a token of Alice."""
    token = token_format.generate(TokenPrefix.PERSONAL)
    CredentialFactory.create(user=alice, plaintext=token)
    return {"Authorization": f"Bearer {token}"}


def test_a_session_reads_through_the_browsers_door(browser: Client) -> None:
    answer = browser.get("/bff/probe")
    assert answer.json() == {"username": "alice"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_token_reads_through_the_apis_door(api_client: Client, bearer: dict[str, str]) -> None:
    assert api_client.get("/v1/probe", headers=bearer).json() == {"username": "alice"}


def test_the_api_ignores_cookies(browser: Client) -> None:
    answer = browser.get("/v1/probe")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_the_browsers_door_refuses_a_token(api_client: Client, bearer: dict[str, str]) -> None:
    answer = api_client.get("/bff/probe", headers=bearer)
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


def test_the_browsers_door_refuses_a_token_even_beside_a_session(
    browser: Client, bearer: dict[str, str]
) -> None:
    assert browser.get("/bff/probe", headers=bearer).status_code == 401


@pytest.mark.parametrize("page", ["/settings/sessions", "/settings/activity", "/step-up"])
def test_a_page_refuses_a_token(api_client: Client, bearer: dict[str, str], page: str) -> None:
    assert api_client.get(page, headers=bearer).status_code == 401


def test_the_sessions_own_credential_is_no_token(
    api_client: Client, browser: Client, alice: User
) -> None:
    internal = Credential.objects.get(user=alice, kind="internal")
    for token in (internal.public_id, f"mog_pat_{internal.public_id}", "None", ""):
        headers = {"Authorization": f"Bearer {token}"}
        assert api_client.get("/v1/probe", headers=headers).status_code == 401


def test_signed_out_is_told_in_json(client: Client) -> None:
    answer = client.get("/bff/probe")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_a_session_that_ended_is_told_in_json(browser: Client) -> None:
    Credential.objects.update(revoked_at=timezone.now())
    assert browser.get("/bff/probe").status_code == 401


def test_a_write_needs_the_forms_token(browser: Client) -> None:
    answer = browser.post("/bff/probe", {"a": 1}, content_type="application/json")
    assert answer.status_code == 403
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    answer = browser.post(
        "/bff/probe", {"a": 1}, content_type="application/json", headers={"X-CSRFToken": csrf}
    )
    assert answer.json() == {"a": 1}


def test_a_write_is_json_only(browser: Client) -> None:
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    answer = browser.post("/bff/probe", {"a": 1, "csrfmiddlewaretoken": csrf})
    assert answer.status_code == 415
