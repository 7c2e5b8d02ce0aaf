"""`mog auth` in this process, against a scripted server: what is sent, kept, and said."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from mog_cli import program
from tests.mog_cli.scripted_server import (
    ME,
    OLDER_TOKEN,
    PERSONAL_TOKEN,
    TOKEN,
    Answer,
    ScriptedServer,
    grant_of,
    reset,
)

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
APPROVED = Answer(
    200, {"status": "approved", "token": TOKEN, "tokenType": "Bearer", "expiresIn": 3600}
)


@pytest.fixture
def home(environment: Path) -> Path:
    """A home whose server is the scripted one."""
    return environment


@pytest.fixture
def approving(server: ScriptedServer, home: Path) -> ScriptedServer:
    """A server where somebody approves at once."""
    server.on("POST /v1/auth/device/start", Answer(200, grant_of(server)))
    server.on("POST /v1/auth/device/poll", APPROVED)
    server.on("GET /v1/users/me", Answer(200, ME))
    server.on("POST /oauth/revoke", Answer(200, b""))
    return server


def stored_at(home: Path) -> dict[str, Any]:
    """Return the stored entries by server."""
    entries: dict[str, Any] = json.loads((home / "credentials.json").read_text())["credentials"]
    return entries


def keep(home: Path, server: ScriptedServer, token: str) -> None:
    """Store a token for the scripted server."""
    home.mkdir(parents=True, mode=0o700)
    path = home / "credentials.json"
    path.touch(mode=0o600)
    entry = {"token": token, "expiresAt": "2027-01-01T00:00:00+00:00"}
    path.write_text(json.dumps({"version": 1, "credentials": {server.origin: entry}}))


def test_signing_in_keeps_the_token_and_says_who_you_are(
    approving: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("auth")
    assert exit_code == 0
    assert document["ok"] is True
    assert document["command"] == "auth"
    assert document["data"]["user"]["username"] == "bob"
    assert document["data"]["source"] == "stored"
    assert document["data"]["tokenPrefix"] == TOKEN[:12]
    assert stored_at(home)[approving.origin]["token"] == TOKEN


def test_the_end_of_the_token_is_kept(
    approving: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    began_at = time.time()
    run_json("auth")
    ends_at = datetime.fromisoformat(stored_at(home)[approving.origin]["expiresAt"]).timestamp()
    assert began_at + 3599 <= ends_at <= time.time() + 3600


def test_the_usual_rights_are_asked_for(approving: ScriptedServer, run_json: RunJson) -> None:
    run_json("auth")
    body = json.loads(approving.requests_to("/v1/auth/device/start")[0].body)
    assert body == {"clientId": "mog-cli", "scopes": ["read", "purchase", "download"]}
    poll = json.loads(approving.requests_to("/v1/auth/device/poll")[0].body)
    assert poll == {"clientId": "mog-cli", "deviceCode": "device-code-is-a-secret"}


def test_other_rights_can_be_asked_for(approving: ScriptedServer, run_json: RunJson) -> None:
    run_json("auth", "--scope", "read", "--scope", "sell")
    body = json.loads(approving.requests_to("/v1/auth/device/start")[0].body)
    assert body["scopes"] == ["read", "sell"]


def test_an_unknown_right_is_a_usage_error(approving: ScriptedServer, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("auth", "--scope", "everything")
    assert (exit_code, document["code"]) == (1, "usage")
    assert approving.seen == []


def test_the_code_reaches_the_person_as_one_line_of_json(
    approving: ScriptedServer, run_json: RunJson
) -> None:
    _, _, said = run_json("auth")
    assert json.loads(said) == {
        "event": "device_code",
        "userCode": "BCDF-GHJK",
        "verificationUri": f"{approving.origin}/device",
        "verificationUriComplete": f"{approving.origin}/device?code=BCDFGHJK",
        "expiresIn": 900,
    }


def test_the_code_reaches_the_person_as_text(
    approving: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["auth"]) == 0
    captured = capsys.readouterr()
    assert f"{approving.origin}/device and enter the code BCDF-GHJK" in captured.err
    assert captured.out.startswith(f"Signed in to {approving.origin} as bob.")


def test_neither_token_nor_device_code_is_ever_printed(
    approving: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    program.run(["auth", "--verbose"])
    program.run(["auth", "--status", "--verbose"])
    program.run(["auth", "--logout", "--verbose", "--json"])
    captured = capsys.readouterr()
    assert "GET /v1/users/me: 200" in captured.err
    assert TOKEN not in captured.out + captured.err
    assert "device-code-is-a-secret" not in captured.out + captured.err


@pytest.mark.parametrize(
    ("status", "exit_code", "code"), [("denied", 1, "access_denied"), ("expired", 2, "expired")]
)
def test_a_sign_in_that_fails_keeps_nothing(
    approving: ScriptedServer, home: Path, run_json: RunJson, status: str, exit_code: int, code: str
) -> None:
    approving.on("POST /v1/auth/device/poll", Answer(200, {"status": status}))
    found_code, document, _ = run_json("auth")
    assert (found_code, document["code"]) == (exit_code, code)
    assert not home.exists()


def test_a_new_sign_in_ends_the_token_it_replaces(
    approving: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    keep(home, approving, OLDER_TOKEN)
    assert run_json("auth")[0] == 0
    form = parse_qs(approving.requests_to("/oauth/revoke")[0].body.decode())
    assert form == {"token": [OLDER_TOKEN], "client_id": ["mog-cli"]}
    assert stored_at(home)[approving.origin]["token"] == TOKEN


def test_a_replaced_token_that_lives_on_is_told(
    approving: ScriptedServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(home, approving, OLDER_TOKEN)
    approving.on("POST /oauth/revoke", Answer(400, {"code": "x", "message": "Not today."}))
    assert program.run(["auth"]) == 0
    assert "previous token mog_cli_1111*** is still valid: Not today." in capsys.readouterr().err


def test_the_token_is_kept_even_when_the_greeting_fails(
    approving: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    approving.on("GET /v1/users/me", Answer(500))
    exit_code, document, said = run_json("auth")
    assert exit_code == 0
    assert "user" not in document["data"]
    assert "who you are could not be asked" in said
    assert stored_at(home)[approving.origin]["token"] == TOKEN


def test_signing_in_beside_a_token_in_the_environment_is_refused(
    approving: ScriptedServer, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
    exit_code, document, _ = run_json("auth")
    assert (exit_code, document["code"]) == (1, "config_invalid")
    assert "Unset MOG_TOKEN" in document["error"]
    assert approving.seen == []


@pytest.mark.parametrize("field", ["verificationUri", "verificationUriComplete"])
def test_a_link_that_is_no_web_page_is_not_shown(
    approving: ScriptedServer, run_json: RunJson, field: str
) -> None:
    body = grant_of(approving, **{field: "file:///etc/passwd"})
    approving.on("POST /v1/auth/device/start", Answer(200, body))
    exit_code, document, said = run_json("auth")
    assert (exit_code, document["code"]) == (1, "unexpected_answer")
    assert "passwd" not in said


def test_signing_out_ends_the_token_and_forgets_it(
    approving: ScriptedServer, home: Path, run_json: RunJson
) -> None:
    keep(home, approving, TOKEN)
    exit_code, document, _ = run_json("auth", "--logout")
    assert exit_code == 0
    assert document["data"]["revokedAtServer"] is True
    form = parse_qs(approving.requests_to("/oauth/revoke")[0].body.decode())
    assert form["token"] == [TOKEN]
    assert stored_at(home) == {}


@pytest.mark.parametrize("fault", [reset, Answer(500), Answer(200, b"<html>")])
def test_signing_out_without_the_server_forgets_and_is_honest(
    approving: ScriptedServer, home: Path, run_json: RunJson, fault: Any
) -> None:
    keep(home, approving, TOKEN)
    approving.on("POST /oauth/revoke", fault)
    exit_code, document, _ = run_json("auth", "--logout")
    assert (exit_code, document["code"]) == (1, "revoke_failed")
    assert f"Revoke it at {approving.origin}/settings/tokens" in document["error"]
    assert document["details"] == {
        "tokenPrefix": TOKEN[:12],
        "removedHere": True,
        "revokedAtServer": False,
    }
    assert stored_at(home) == {}


def test_signing_out_leaves_the_token_of_the_environment_and_says_so(
    approving: ScriptedServer, home: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, approving, TOKEN)
    monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
    exit_code, _, said = run_json("auth", "--logout")
    assert exit_code == 0
    assert "MOG_TOKEN is still set" in said
    assert PERSONAL_TOKEN not in approving.requests_to("/oauth/revoke")[0].body.decode()


def test_signing_out_of_nothing_is_an_error(server: ScriptedServer, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("auth", "--logout")
    assert (exit_code, document["code"]) == (1, "not_signed_in")
    assert server.seen == []


@pytest.mark.parametrize("act", ["--status", "--logout"])
def test_rights_go_with_signing_in_alone(
    server: ScriptedServer, run_json: RunJson, act: str
) -> None:
    assert run_json("auth", act, "--scope", "read")[1]["code"] == "usage"
    assert server.seen == []


@pytest.mark.parametrize("line", [("--status", "--logout"), ("--logout", "--status")])
def test_asking_and_signing_out_do_not_go_together(
    approving: ScriptedServer, home: Path, run_json: RunJson, line: tuple[str, str]
) -> None:
    keep(home, approving, TOKEN)
    assert run_json("auth", *line)[1]["code"] == "usage"
    assert stored_at(home) != {}
