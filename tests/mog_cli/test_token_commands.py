"""`mog token`: a token sees and ends itself, and is honest about what it cannot do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.scripted_server import CREDENTIAL, PERSONAL_TOKEN, TOKEN, Answer, ScriptedServer
from tests.mog_cli.terminal import on_terminal
from tests.mog_cli.test_auth import keep, stored_at

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
OWN = {
    **CREDENTIAL,
    "organizationId": None,
    "createdAt": "2026-06-01T12:00:00Z",
    "lastUsedAt": "2026-06-02T12:00:00Z",
}
OTHER = {**OWN, "id": "tok_2", "label": "robot", "prefix": "mog_pat_Ab12", "lastUsedAt": None}
TWIN = {**OTHER, "id": "tok_3", "prefix": "mog_pat_Cd34"}
LIST = "GET /v1/tokens?limit=100"


@pytest.fixture(autouse=True)
def signed_in(server: ScriptedServer, environment: Path) -> Path:
    """Somebody whose token sees itself alone."""
    keep(environment, server, TOKEN)
    server.on("GET /v1/tokens/current", Answer(200, OWN))
    server.on(LIST, Answer(200, {"items": [OWN], "nextCursor": None}))
    for token in (OWN, OTHER):
        server.on(f"DELETE /v1/tokens/{token['id']}", Answer(204, b""))
    return environment


def see_all(server: ScriptedServer, *more: dict[str, Any]) -> None:
    """Let the token see all of its owner's."""
    own = {**OWN, "scopes": ["account", "read"]}
    server.on("GET /v1/tokens/current", Answer(200, own))
    server.on(LIST, Answer(200, {"items": [own, OTHER, *more], "nextCursor": None}))


def ended(server: ScriptedServer) -> list[str]:
    """Return the paths under which tokens were ended."""
    return [seen.path for seen in server.seen if seen.method == "DELETE"]


class TestListing:
    def test_a_token_sees_itself_and_says_that_it_sees_no_other(
        self, server: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        exit_code, document, _ = run_json("token", "list")
        assert (exit_code, document["command"]) == (0, "token list")
        [token] = document["data"]["tokens"]
        assert (token["id"], token["isCurrent"]) == ("tok_1", True)
        assert document["data"]["isComplete"] is False
        assert program.run(["token", "list"]) == 0
        assert f"All of yours: {server.origin}/settings/tokens" in capsys.readouterr().out

    def test_one_with_the_scope_account_sees_all(
        self, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        see_all(server)
        assert program.run(["token", "list"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "Id     Prefix        Kind    Until (UTC)       Last used"
            "         Label          Note      Scopes",
            "tok_1  mog_cli_0000  device  2027-06-01 12:00  2026-06-02 12:00"
            "  mog on laptop  this one  account read",
            "tok_2  mog_pat_Ab12  device  2027-06-01 12:00  never"
            "             robot                    download read",
        ]

    def test_one_that_is_bound_to_an_organization_says_that_it_sees_no_other(
        self, server: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bound = {**OWN, "scopes": ["account", "read"], "organizationId": "org_1"}
        server.on("GET /v1/tokens/current", Answer(200, bound))
        server.on(LIST, Answer(200, {"items": [bound], "nextCursor": None}))
        assert run_json("token", "list")[1]["data"]["isComplete"] is False
        assert program.run(["token", "list"]) == 0
        assert "sees only what acts for its organization." in capsys.readouterr().out
        assert "only what acts for" in run_json("token", "revoke", "robot")[1]["error"]

    def test_a_long_list_comes_whole(self, server: ScriptedServer, run_json: RunJson) -> None:
        server.on(LIST, Answer(200, {"items": [OWN], "nextCursor": "a&b"}))
        last = Answer(200, {"items": [OTHER], "nextCursor": None})
        server.on("GET /v1/tokens?limit=100&cursor=a%26b", last)
        assert len(run_json("token", "list")[1]["data"]["tokens"]) == 2

    def test_a_list_without_an_end_is_given_up(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        server.on(LIST, Answer(200, {"items": [], "nextCursor": "a"}))
        server.on(
            "GET /v1/tokens?limit=100&cursor=a", Answer(200, {"items": [], "nextCursor": "a"})
        )
        assert run_json("token", "list")[0] == 0
        assert len(server.seen) < 60

    def test_a_strangers_label_keeps_to_its_line(
        self, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.on(LIST, Answer(200, {"items": [{**OWN, "label": "a\nb\x1b[2J"}]}))
        assert program.run(["token", "list"]) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "a\\nb" in out


class TestEnding:
    @pytest.mark.parametrize(
        "name", ["tok_1", TOKEN[:12], f"{TOKEN[:12]}***", "mog on laptop", TOKEN]
    )
    def test_a_token_ends_itself_and_is_forgotten_here(
        self,
        server: ScriptedServer,
        signed_in: Path,
        capsys: pytest.CaptureFixture[str],
        name: str,
    ) -> None:
        assert program.run(["token", "revoke", name]) == 0
        assert ended(server) == ["/v1/tokens/tok_1"]
        assert stored_at(signed_in) == {}
        captured = capsys.readouterr()
        assert TOKEN not in captured.out + captured.err
        assert "The token mog_cli_0000*** (mog on laptop) no longer works." in captured.out

    @pytest.mark.parametrize("name", ["tok_2", "mog_pat_Ab12", "robot"])
    def test_with_the_scope_account_it_ends_another(
        self, server: ScriptedServer, signed_in: Path, run_json: RunJson, name: str
    ) -> None:
        see_all(server)
        exit_code, document, _ = run_json("token", "revoke", name)
        assert (exit_code, document["data"]["id"], document["data"]["revoked"]) == (
            0,
            "tok_2",
            True,
        )
        assert ended(server) == ["/v1/tokens/tok_2"]
        assert server.origin in stored_at(signed_in)

    @pytest.mark.parametrize("name", ["tok_2", "mog_pat_Ab12", "robot", "mog_", "", "-"])
    def test_one_that_it_does_not_see_is_ended_on_the_page(
        self, server: ScriptedServer, run_json: RunJson, name: str
    ) -> None:
        exit_code, document, _ = run_json("token", "revoke", name)
        assert (exit_code, document["code"]) == (1, "token_not_found")
        assert f"only itself; others are ended at {server.origin}/settings" in document["error"]
        assert ended(server) == []

    def test_a_label_of_two_ends_none(
        self, server: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        see_all(server, TWIN)
        exit_code, document, _ = run_json("token", "revoke", "robot")
        assert (exit_code, document["code"]) == (1, "token_ambiguous")
        assert [token["id"] for token in document["details"]["tokens"]] == ["tok_2", "tok_3"]
        assert ended(server) == []

    def test_the_token_of_the_environment_is_warned_of(
        self,
        server: ScriptedServer,
        run_json: RunJson,
        monkeypatch: pytest.MonkeyPatch,
        signed_in: Path,
    ) -> None:
        monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
        exit_code, _, said = run_json("token", "revoke", "tok_1")
        assert exit_code == 0
        assert "MOG_TOKEN is still set" in said
        assert server.origin in stored_at(signed_in)

    def test_one_that_somebody_else_has_ended_meanwhile_is_said_to_be_gone(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        see_all(server)
        gone = Answer(404, {"code": "not_found", "message": "No."})
        server.on("DELETE /v1/tokens/tok_2", gone)
        exit_code, document, _ = run_json("token", "revoke", "tok_2")
        assert (exit_code, document["code"]) == (1, "not_found")


class TestMaking:
    def test_without_a_person_it_is_a_humans_matter(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        exit_code, document, _ = run_json("token", "create")
        assert (exit_code, document["code"]) == (2, "browser_required")
        assert document["approvalUrl"] == f"{server.origin}/settings/tokens/new"
        assert server.seen == []

    @pytest.mark.processes
    def test_on_a_terminal_the_page_is_opened(self, server: ScriptedServer, tmp_path: Path) -> None:
        opened = tmp_path / "opened"
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
        browser.chmod(0o755)
        exit_code, screen = on_terminal("token", "create", variables={"BROWSER": str(browser)})
        assert exit_code == 0, screen
        assert opened.read_text().strip() == f"{server.origin}/settings/tokens/new"

    @pytest.mark.processes
    def test_without_a_browser_the_page_is_named(self, server: ScriptedServer) -> None:
        exit_code, screen = on_terminal("token", "create")
        assert exit_code == 0, screen
        assert f"in a browser: {server.origin}/settings/tokens/new" in screen


def test_the_group_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["token"]) == 0
    assert "revoke" in capsys.readouterr().out


def test_an_unknown_command_of_the_group_is_a_usage_error(run_json: RunJson) -> None:
    exit_code, document, _ = run_json("token", "nope")
    assert (exit_code, document["code"]) == (1, "usage")
    assert "mog token --help" in document["error"]
    assert json.dumps(document)
