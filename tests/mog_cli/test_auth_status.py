"""`mog auth --status`: who is signed in, with which token, and what it may spend."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.scripted_server import (
    BUYER,
    ME,
    PERSONAL_TOKEN,
    POLICY,
    TOKEN,
    Answer,
    ScriptedServer,
)
from tests.mog_cli.test_auth import keep

POLICIES = "GET /v1/spend-policies?limit=100"
# What does not bind: an organization's that is switched off, and another of one's own.
OFF = {**POLICY, "id": "pol_2", "organizationId": "org_1", "active": False}
OTHER = {**POLICY, "id": "pol_4"}
RunJson = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def knowing(environment: Path, server: ScriptedServer) -> ScriptedServer:
    """A server that knows bob."""
    server.on("GET /v1/users/me", Answer(200, ME))
    return server


def test_status_says_who_with_what_until_when(
    knowing: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    keep(home, knowing, TOKEN)
    exit_code, document, _ = run_json("auth", "--status")
    assert exit_code == 0
    assert document["data"] == {
        "signedIn": True,
        "apiUrl": knowing.origin,
        "source": "stored",
        "tokenPrefix": TOKEN[:12],
        "expiresAt": "2027-06-01T12:00:00+00:00",
        "user": {"id": "usr_bob", "username": "bob", "displayName": "Bob"},
        "label": "mog on laptop",
        "kind": "device",
        "scopes": ["download", "read"],
        "organization": None,
        "spendPolicy": None,
        "organizationPolicies": [],
    }


class TestWhatMayBeSpent:
    @pytest.fixture(autouse=True)
    def buyer(self, knowing: ScriptedServer, home: Path) -> None:
        keep(home, knowing, TOKEN)
        knowing.on("GET /v1/users/me", Answer(200, BUYER))
        knowing.on(POLICIES, Answer(200, {"items": [OFF, POLICY]}))

    def test_a_program_reads_limits_and_what_is_left(self, run_json: RunJson) -> None:
        policy = run_json("auth", "--status")[1]["data"]["spendPolicy"]
        hidden = {"isDefault", "organizationId"}
        told = {name: value for name, value in POLICY.items() if name not in hidden}
        assert policy == told

    def test_an_organizations_own_are_told_beside_it(
        self, knowing: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shared = {**POLICY, "id": "pol_3", "name": "All of us", "organizationId": "org_1"}
        knowing.on(POLICIES, Answer(200, {"items": [OFF, shared, OTHER, POLICY]}))
        data = run_json("auth", "--status")[1]["data"]
        assert data["spendPolicy"]["id"] == "pol_1"
        assert [policy["id"] for policy in data["organizationPolicies"]] == ["pol_3"]
        assert program.run(["auth", "--status"]) == 0
        assert "The organization's policy: All of us: 10.00 a" in capsys.readouterr().out

    def test_a_person_reads_them_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert program.run(["auth", "--status"]) == 0
        assert capsys.readouterr().out.splitlines()[-2:] == [
            "Spend policy: Default: 10.00 a purchase, 50.00 a day, 200.00 a month;"
            " a person approves what is above 5.00",
            "Left to spend: 45.10 today, 195.10 this month",
        ]

    def test_one_that_is_off_buys_nothing(
        self, knowing: ScriptedServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        knowing.on(POLICIES, Answer(200, {"items": [{**POLICY, "active": False}]}))
        assert program.run(["auth", "--status"]) == 0
        said = capsys.readouterr().out
        assert "Default, switched off, so nothing can be bought" in said
        assert "Left to spend" not in said

    @pytest.mark.parametrize(
        "fault", [Answer(404), Answer(500), Answer(200, {"items": [{"id": "pol_1"}]})]
    )
    def test_a_policy_that_cannot_be_asked_hides_nobody(
        self, knowing: ScriptedServer, run_json: RunJson, fault: Answer
    ) -> None:
        knowing.on(POLICIES, fault)
        exit_code, document, said = run_json("auth", "--status")
        assert (exit_code, document["data"]["spendPolicy"]) == (0, None)
        assert "what the token may spend could not be asked" in said


def test_status_for_people(
    knowing: ScriptedServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(home, knowing, TOKEN)
    knowing.on("GET /v1/users/me", Answer(200, {**ME, "organization": {"slug": "acme"}}))
    program.run(["auth", "--status"])
    assert capsys.readouterr().out.splitlines() == [
        f"Signed in to {knowing.origin} as bob, acting for acme.",
        "Token: mog_cli_0000***, stored on this computer (device)",
        "Scopes: download, read",
        "Expires: 2027-06-01 12:00 UTC",
    ]


def test_the_token_of_the_environment_goes_first(
    knowing: ScriptedServer, home: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, knowing, TOKEN)
    monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
    _, document, _ = run_json("auth", "--status")
    assert document["data"]["source"] == "environment"
    assert document["data"]["tokenPrefix"] == PERSONAL_TOKEN[:12]
    assert knowing.seen[0].headers["Authorization"] == f"Bearer {PERSONAL_TOKEN}"


def test_status_of_nobody_is_an_error(server: ScriptedServer, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("auth", "--status")
    assert (exit_code, document["code"]) == (1, "not_signed_in")
    assert server.seen == []


def test_a_token_of_another_server_is_not_used(
    knowing: ScriptedServer, home: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, knowing, TOKEN)
    monkeypatch.setenv("MOG_API_URL", knowing.origin.replace("127.0.0.1", "localhost"))
    assert run_json("auth", "--status")[1]["code"] == "not_signed_in"
    assert knowing.seen == []


def test_status_of_a_refused_token_says_what_to_do(
    knowing: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    keep(home, knowing, TOKEN)
    body = {"code": "token_invalid", "message": "No.", "requestId": "req_9"}
    knowing.on("GET /v1/users/me", Answer(401, body))
    exit_code, document, _ = run_json("auth", "--status")
    assert (exit_code, document["code"]) == (1, "token_rejected")
    assert "mog auth" in document["error"]
    assert document["details"]["requestId"] == "req_9"


def test_a_refused_token_of_the_environment_is_told_apart(
    knowing: ScriptedServer, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
    knowing.on("GET /v1/users/me", Answer(401))
    _, document, _ = run_json("auth", "--status")
    assert "Unset MOG_TOKEN" in document["error"]


def test_status_without_a_server_says_what_is_known(
    home: Path, run_json: RunJson, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOG_API_URL", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
    exit_code, document, _ = run_json("auth", "--status")
    assert (exit_code, document["code"]) == (1, "server_unreachable")
    assert document["details"]["tokenPrefix"] == PERSONAL_TOKEN[:12]
