"""The device flow as RFC 8628, RFC 6749, RFC 7009 and RFC 8414 write it down."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from accounts import device_flow, tokens
from accounts.models import DeviceGrant, User
from tests.devices import approve, grant_of, person, started
from tests.factories.accounts import CredentialFactory

pytestmark = pytest.mark.django_db

START = "/oauth/device_authorization"
TOKEN = "/oauth/token"
REVOKE = "/oauth/revoke"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FORM = "application/x-www-form-urlencoded"


def send(client: Client, path: str, body: str, **headers: str) -> Any:
    """Send a form as it stands."""
    return client.post(path, body, content_type=FORM, headers=headers)


def ask_token(client: Client, device_code: str) -> Any:
    """Poll."""
    body = f"grant_type={DEVICE_GRANT}&device_code={device_code}&client_id=mog-cli"
    return send(client, TOKEN, body)


def error_of(response: Any) -> tuple[int, str]:
    """Return status and error code of a refusal, which nobody may store."""
    body: dict[str, Any] = response.json()
    assert set(body) == {"error", "error_description"}
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
    return response.status_code, body["error"]


def test_a_device_gets_its_codes(api_client: Client) -> None:
    response = send(api_client, START, "client_id=mog-cli&scope=read+download")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert set(body) == {
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    }
    assert body["verification_uri"] == f"{site.SITE_URL}/device"
    assert body["verification_uri_complete"].endswith(f"/device?user_code={body['user_code']}")
    assert (body["expires_in"], body["interval"]) == (900, 5)
    assert DeviceGrant.objects.get().requested_scope == "download read"


def test_a_device_that_names_no_scope_gets_read(api_client: Client) -> None:
    send(api_client, START, "client_id=mog-cli")
    assert DeviceGrant.objects.get().requested_scope == "read"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("client_id=", "invalid_request"),
        ("client_id=stranger", "invalid_client"),
        ("client_id=mog-cli&scope=everything", "invalid_scope"),
        ("client_id=mog-cli&client_id=mog-cli", "invalid_request"),
        ("client_id=mog-cli&client_secret=x", "invalid_client"),
    ],
)
def test_a_wrong_start_is_refused(api_client: Client, body: str, error: str) -> None:
    assert error_of(send(api_client, START, body)) == (400, error)
    assert not DeviceGrant.objects.exists()


def test_each_stage_of_a_poll_has_its_code(api_client: Client, alice: User) -> None:
    grant = started(timezone.now())
    assert error_of(ask_token(api_client, grant.device_code)) == (400, "authorization_pending")
    assert error_of(ask_token(api_client, grant.device_code)) == (400, "slow_down")
    approve(grant, alice, timezone.now())
    response = ask_token(api_client, grant.device_code)
    assert response.status_code == 200
    assert (response["Cache-Control"], response["Pragma"]) == ("no-store", "no-cache")
    body = response.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["scope"]) == ("Bearer", "read")
    assert tokens.look_up(body["access_token"], now=timezone.now()).user == alice
    assert error_of(ask_token(api_client, grant.device_code)) == (400, "invalid_grant")


def test_a_denied_device_is_told(api_client: Client, alice: User) -> None:
    grant = started(timezone.now())
    device_flow.deny(grant_of(grant), by=person(alice), now=timezone.now())
    assert error_of(ask_token(api_client, grant.device_code)) == (400, "access_denied")


def test_an_expired_code_is_told(api_client: Client) -> None:
    grant = started(timezone.now() - timedelta(minutes=15))
    assert error_of(ask_token(api_client, grant.device_code)) == (400, "expired_token")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("device_code=x&client_id=mog-cli", "invalid_request"),
        (f"grant_type={DEVICE_GRANT}&client_id=mog-cli", "invalid_request"),
        (f"grant_type={DEVICE_GRANT}&device_code=x", "invalid_request"),
        ("grant_type=password&device_code=x&client_id=mog-cli", "unsupported_grant_type"),
        (f"grant_type={DEVICE_GRANT}&device_code=x&client_id=mog-cli", "invalid_grant"),
        (f"grant_type={DEVICE_GRANT}&device_code=x&client_id=stranger", "invalid_client"),
        (
            f"grant_type={DEVICE_GRANT}&device_code=x&device_code=y&client_id=mog-cli",
            "invalid_request",
        ),
    ],
)
def test_a_wrong_poll_is_refused(api_client: Client, body: str, error: str) -> None:
    assert error_of(send(api_client, TOKEN, body)) == (400, error)


@pytest.mark.parametrize("path", [START, TOKEN, REVOKE])
def test_a_client_that_tries_a_secret_is_challenged(api_client: Client, path: str) -> None:
    body = f"client_id=mog-cli&token=x&grant_type={DEVICE_GRANT}&device_code=x"
    response = send(api_client, path, body, Authorization="Basic bW9nLWNsaTo=")
    assert error_of(response) == (401, "invalid_client")
    assert response["WWW-Authenticate"] == 'Basic realm="mog"'


@pytest.mark.parametrize("path", [START, TOKEN, REVOKE])
def test_only_posted_forms_are_read(api_client: Client, path: str) -> None:
    response = api_client.get(path)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    json = api_client.post(path, {"client_id": "mog-cli"}, content_type="application/json")
    assert error_of(json) == (400, "invalid_request")
    multipart = api_client.post(path, {"client_id": "mog-cli"})
    assert error_of(multipart) == (400, "invalid_request")
    in_address = send(api_client, f"{path}?client_id=mog-cli", "client_id=mog-cli")
    assert error_of(in_address) == (400, "invalid_request")


def test_a_client_ends_its_token(api_client: Client, alice: User) -> None:
    grant = started(timezone.now())
    approve(grant, alice, timezone.now())
    token = ask_token(api_client, grant.device_code).json()["access_token"]
    response = send(api_client, REVOKE, f"client_id=mog-cli&token={token}")
    assert (response.status_code, response.content) == (200, b"")
    assert response["Cache-Control"] == "no-store"
    found = tokens.find(token)
    assert found is not None
    assert found.revoked_at is not None
    assert send(api_client, REVOKE, f"client_id=mog-cli&token={token}").status_code == 200


def test_ending_what_is_no_token_of_the_client_looks_the_same(
    api_client: Client, alice: User
) -> None:
    personal = CredentialFactory.create(user=alice, plaintext="x" * 44)
    for token in ("nonsense", "x" * 44, "mog_cli_" + "0" * 36):
        response = send(api_client, REVOKE, f"client_id=mog-cli&token={token}")
        assert (response.status_code, response.content) == (200, b"")
    personal.refresh_from_db()
    assert personal.revoked_at is None
    assert error_of(send(api_client, REVOKE, "client_id=mog-cli")) == (400, "invalid_request")
    assert error_of(send(api_client, REVOKE, "client_id=x&token=y")) == (400, "invalid_client")


def test_the_metadata_say_where_everything_is(api_client: Client) -> None:
    response = api_client.get("/.well-known/oauth-authorization-server")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "public" in response["Cache-Control"]
    body = response.json()
    assert body["issuer"] == site.SITE_URL
    assert not body["issuer"].endswith("/")
    assert body["device_authorization_endpoint"] == f"{site.SITE_URL}{START}"
    assert body["token_endpoint"] == f"{site.SITE_URL}{TOKEN}"
    assert body["revocation_endpoint"] == f"{site.SITE_URL}{REVOKE}"
    assert body["grant_types_supported"] == [DEVICE_GRANT]
    assert body["response_types_supported"] == []
    assert body["token_endpoint_auth_methods_supported"] == ["none"]
    again = api_client.get(
        "/.well-known/oauth-authorization-server", headers={"If-None-Match": response["ETag"]}
    )
    assert again.status_code == 304


def test_the_eleventh_start_of_a_minute_is_refused(api_client: Client) -> None:
    statuses = [send(api_client, START, "client_id=mog-cli").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    json = {"clientId": "mog-cli", "scopes": ["read"]}
    response = api_client.post("/v1/auth/device/start", json, content_type="application/json")
    assert response.status_code == 429
