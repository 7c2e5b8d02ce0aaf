"""Two OAuth clients that were not written here go through the device flow, each its own process."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.models import Credential, CredentialKind, DeviceGrant
from audit.actions import Action
from audit.models import Event
from tests import clients
from tests.live import LiveSite
from tests.visitor import Visitor

pytestmark = pytest.mark.processes

CLIENTS = Path(clients.__file__).parent
INTERVAL = 2


@pytest.fixture(scope="session")
def npm_client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of the client from npm, installed exactly as its lock file says."""
    folder = tmp_path_factory.mktemp("npm")
    shutil.copytree(CLIENTS / "npm", folder, dirs_exist_ok=True)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=folder, check=True)
    return ["node", str(folder / "device_client.mjs")]


@pytest.fixture(scope="session")
def python_client() -> list[str]:
    """The command of the client from PyPI."""
    return [sys.executable, str(CLIENTS / "device_client.py")]


@pytest.fixture(
    params=["python_client", pytest.param("npm_client", marks=pytest.mark.node)],
    ids=["msal", "openid-client"],
)
def command(request: pytest.FixtureRequest) -> list[str]:
    """The command of each client in turn."""
    chosen: list[str] = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def person(live: LiveSite) -> Iterator[Visitor]:
    """Somebody who is signed in in a browser."""
    with Visitor(live) as visitor:
        visitor.sign_in()
        yield visitor


@contextmanager
def running(command: list[str], site: LiveSite, scope: str) -> Iterator[subprocess.Popen[str]]:
    """Run a client until the test is done with it."""
    process = subprocess.Popen(
        [*command, site.base_url, scope], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def step(process: subprocess.Popen[str], name: str) -> dict[str, Any]:
    """Return what the client tells of its next step."""
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    assert told.pop("step") == name, told
    return told


def decide(person: Visitor, user_code: str, **form: Any) -> None:
    """Type the code and decide; a list is sent as a field that repeats."""
    page = person.post("/device", user_code=user_code)
    assert page.status_code == 302, page.text
    assert person.post(page.headers["location"], **form).status_code == 302


def test_a_client_is_slowed_down_obeys_and_gets_its_token(
    live: LiveSite, person: Visitor, command: list[str]
) -> None:
    with running(command, live, "read download") as process:
        started = step(process, "started")
        begun = time.monotonic()
        assert started["interval"] == INTERVAL
        # As if it had polled in between, so that its own next poll comes too early.
        time.sleep(INTERVAL / 2)
        DeviceGrant.objects.update(last_polled_at=timezone.now())
        decide_after_slow_down(person, started["user_code"])
        answer = step(process, "approved")
        waited = time.monotonic() - begun
        if command[0] == "node":
            step(process, "revoked")
            assert process.wait(10) == 0
    # One interval until it was slowed down, then one that is five seconds longer.
    assert waited > INTERVAL + INTERVAL + 5 - 0.5
    assert DeviceGrant.objects.get().interval_seconds == INTERVAL + 5
    assert answer["token_type"].lower() == "bearer"
    assert answer["scope"] == "download read"
    credential = Credential.objects.get(kind=CredentialKind.DEVICE)
    found = tokens.find(answer["access_token"])
    assert found == credential
    assert (credential.revoked_at is not None) == (command[0] == "node")
    assert Event.objects.filter(action=Action.TOKEN_ISSUED).count() == 1


def decide_after_slow_down(person: Visitor, user_code: str) -> None:
    """Approve once the client was told to slow down."""
    deadline = time.monotonic() + 10
    slowed = DeviceGrant.objects.filter(interval_seconds=INTERVAL + 5)
    while not slowed.exists():
        assert time.monotonic() < deadline, "the client was never slowed down"
        time.sleep(0.1)
    decide(person, user_code, decision="approve", scopes=["read", "download"], lifetime="day")


def test_a_client_that_is_denied_says_so(
    live: LiveSite, person: Visitor, command: list[str]
) -> None:
    with running(command, live, "read") as process:
        started = step(process, "started")
        decide(person, started["user_code"], decision="deny")
        assert step(process, "refused")["error"] == "access_denied"
    assert not Credential.objects.filter(kind=CredentialKind.DEVICE).exists()
