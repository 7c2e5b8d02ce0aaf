"""Polls at one moment over the wire: one of them gets the token."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.utils import timezone

from accounts.models import Credential, CredentialKind, DeviceGrant, DeviceGrantState
from audit.actions import Action
from audit.models import Event
from tests.devices import approve, started
from tests.factories.accounts import UserFactory
from tests.live import LiveSite

pytestmark = pytest.mark.processes

POLLS = 20


def test_twenty_simultaneous_polls_yield_one_token(live: LiveSite) -> None:
    grant = started(timezone.now())
    approve(grant, UserFactory.create(), timezone.now())
    ready = threading.Barrier(POLLS, timeout=60)

    def poll(number: int) -> tuple[int, str]:
        """Poll in one of the two dialects; return the status and what was said."""
        with httpx.Client(base_url=live.base_url, timeout=30) as client:
            client.get("/health")  # connected before all begin
            ready.wait()
            if number % 2:
                json = {"clientId": "mog-cli", "deviceCode": grant.device_code}
                response = client.post("/v1/auth/device/poll", json=json)
                return response.status_code, response.json()["status"]
            form = {
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                "device_code": grant.device_code,
                "client_id": "mog-cli",
            }
            response = client.post("/oauth/token", data=form)
            return response.status_code, response.json().get("error", "approved")

    with ThreadPoolExecutor(max_workers=POLLS) as pool:
        answers = list(pool.map(poll, range(POLLS)))
    won = [answer for answer in answers if answer == (200, "approved")]
    lost = [answer for answer in answers if answer in {(200, "expired"), (400, "invalid_grant")}]
    assert (len(won), len(lost)) == (1, POLLS - 1), answers
    credential = Credential.objects.get(kind=CredentialKind.DEVICE)
    row = DeviceGrant.objects.get()
    assert (row.state, row.credential) == (DeviceGrantState.REDEEMED, credential)
    assert Event.objects.filter(action=Action.TOKEN_ISSUED).count() == 1
