"""The device flow as JSON."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from accounts import device_flow, tokens
from accounts.models import DeviceGrant, User
from tests.devices import approve, grant_of, person, started

pytestmark = pytest.mark.django_db


def post(client: Client, act: str, body: dict[str, object], **headers: str) -> Any:
    """Send JSON to one of the two endpoints."""
    path = f"/v1/auth/device/{act}"
    return client.post(path, body, content_type="application/json", headers=headers)


def poll(client: Client, device_code: str) -> dict[str, Any]:
    """Poll; every answer is a 200."""
    response = post(client, "poll", {"clientId": "mog-cli", "deviceCode": device_code})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body: dict[str, Any] = response.json()
    return body


def test_a_device_gets_its_codes_in_camel_case(api_client: Client) -> None:
    response = post(api_client, "start", {"clientId": "mog-cli", "scopes": ["read", "download"]})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert set(body) == {
        "deviceCode",
        "userCode",
        "verificationUri",
        "verificationUriComplete",
        "expiresIn",
        "interval",
    }
    assert body["verificationUri"] == f"{site.SITE_URL}/device"
    assert DeviceGrant.objects.get().requested_scope == "download read"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "clientId"),
        ({"clientId": "mog-cli"}, "scopes"),
        ({"clientId": "mog-cli", "scopes": []}, "scopes"),
        ({"clientId": "mog-cli", "scopes": ["everything"]}, "scopes"),
        ({"clientId": "mog-cli", "scopes": "read"}, "scopes"),
        ({"clientId": "mog-cli", "scopes": ["read"], "client_id": "mog-cli"}, "client_id"),
    ],
)
def test_a_wrong_start_names_the_field(
    api_client: Client, body: dict[str, object], field: str
) -> None:
    response = post(api_client, "start", body)
    assert response.status_code == 422
    assert set(response.json()["details"]) == {field}
    assert not DeviceGrant.objects.exists()


def test_an_unknown_client_is_refused(api_client: Client) -> None:
    for act, rest in (("start", {"scopes": ["read"]}), ("poll", {"deviceCode": "x"})):
        response = post(api_client, act, {"clientId": "stranger", **rest})
        assert response.status_code == 400
        assert response.json()["code"] == "invalid_client"


def test_each_stage_of_a_poll_has_its_status(api_client: Client, alice: User) -> None:
    grant = started(timezone.now())
    assert poll(api_client, grant.device_code) == {"status": "pending", "interval": 5}
    assert poll(api_client, grant.device_code) == {"status": "slow_down", "interval": 10}
    approve(grant, alice, timezone.now())
    approved = poll(api_client, grant.device_code)
    token = approved.pop("token")
    assert approved == {"status": "approved", "tokenType": "Bearer", "expiresIn": 365 * 24 * 3600}
    assert tokens.look_up(token, now=timezone.now()).user == alice
    assert poll(api_client, grant.device_code) == {"status": "expired"}


def test_a_denied_a_lapsed_and_an_unknown_code_are_told(api_client: Client, alice: User) -> None:
    denied = started(timezone.now())
    device_flow.deny(grant_of(denied), by=person(alice), now=timezone.now())
    lapsed = started(timezone.now() - timedelta(minutes=15))
    assert poll(api_client, denied.device_code) == {"status": "denied"}
    assert poll(api_client, lapsed.device_code) == {"status": "expired"}
    assert poll(api_client, "never-was") == {"status": "expired"}


def test_both_dialects_speak_of_one_request(api_client: Client, alice: User) -> None:
    body = post(api_client, "start", {"clientId": "mog-cli", "scopes": ["read"]}).json()
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": body["deviceCode"],
        "client_id": "mog-cli",
    }
    encoded = "&".join(f"{name}={value}" for name, value in form.items())
    media_type = "application/x-www-form-urlencoded"
    response = api_client.post("/oauth/token", encoded, content_type=media_type)
    assert response.json()["error"] == "authorization_pending"
    assert poll(api_client, body["deviceCode"])["status"] == "slow_down"


def test_a_token_that_is_sent_along_does_not_matter(api_client: Client) -> None:
    body: dict[str, object] = {"clientId": "mog-cli", "scopes": ["read"]}
    assert post(api_client, "start", body, Authorization="Bearer nonsense").status_code == 200
