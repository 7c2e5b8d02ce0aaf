"""`mog org`: list, make and invite, and what a refusal means."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.organizations import ACME, LIST, sign_in_member
from tests.mog_cli.scripted_server import Answer, ScriptedServer

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture(autouse=True)
def signed_in(server: ScriptedServer, environment: Path) -> Path:
    """Somebody who belongs to acme and beta."""
    sign_in_member(server, environment)
    return environment


class TestListing:
    def test_it_says_as_what_one_belongs(
        self, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run_json("org", "switch", "beta")
        assert program.run(["org", "list"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "Slug  Name       You are  Members  Note",
            "acme  Acme Inc.  admin          3",
            "beta  Beta       member         1  commands act for it",
        ]
        document = run_json("org", "list")[1]
        assert document["command"] == "org list"
        marks = [each["isCurrent"] for each in document["data"]["organizations"]]
        assert marks == [False, True]

    def test_belonging_to_none_is_said(
        self, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.on(LIST, Answer(200, {"items": [], "nextCursor": None}))
        assert program.run(["org", "list"]) == 0
        assert capsys.readouterr().out == "You belong to no organization.\n"


class TestMakingAndInviting:
    @pytest.mark.parametrize(
        ("line", "name"), [([], "acme"), (["--name", "Acme Inc."], "Acme Inc.")]
    )
    def test_it_is_made_once(
        self, server: ScriptedServer, run_json: RunJson, line: list[str], name: str
    ) -> None:
        server.on("POST /v1/orgs", Answer(201, {**ACME, "role": "owner"}))
        exit_code, document, _ = run_json("org", "create", "acme", *line)
        assert (exit_code, document["data"]["role"]) == (0, "owner")
        [made] = server.requests_to("/v1/orgs")
        assert json.loads(made.body) == {"slug": "acme", "name": name}

    def test_a_lost_answer_is_not_asked_for_again(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        server.on("POST /v1/orgs", Answer(503))
        assert run_json("org", "create", "acme")[0] == 1
        assert len(server.requests_to("/v1/orgs")) == 1

    def test_a_name_that_is_taken_is_named(self, server: ScriptedServer, run_json: RunJson) -> None:
        details = {"slug": ["This name is taken."]}
        taken = Answer(
            422, {"code": "invalid_name", "message": "Take another.", "details": details}
        )
        server.on("POST /v1/orgs", taken)
        exit_code, document, _ = run_json("org", "create", "acme")
        assert (exit_code, document["code"]) == (1, "invalid_name")

    def test_somebody_is_invited_to_the_organization_acted_for(
        self, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
    ) -> None:
        invited = {
            "id": "inv_1",
            "email": "ann@example.org",
            "role": "admin",
            "expiresAt": "2026-06-08T12:00:00Z",
            "createdAt": "2026-06-01T12:00:00Z",
            "invitedBy": "bob",
        }
        server.on("POST /v1/orgs/acme/invitations", Answer(201, invited))
        line = ["org", "invite", "ann@example.org", "--role", "admin", "--org", "acme"]
        assert program.run(line) == 0
        assert capsys.readouterr().out == (
            "ann@example.org is invited to acme as admin. The link is good until 2026-06-08.\n"
        )
        [sent] = server.requests_to("/v1/orgs/acme/invitations")
        assert json.loads(sent.body) == {"email": "ann@example.org", "role": "admin"}

    def test_without_an_organization_nobody_is_invited(self, run_json: RunJson) -> None:
        exit_code, document, _ = run_json("org", "invite", "ann@example.org")
        assert (exit_code, document["code"]) == (1, "usage")
        assert "--org SLUG" in document["error"]

    def test_a_role_that_is_too_low_is_told(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        refusal = {"code": "role_required", "message": "No.", "details": {"role": "admin"}}
        server.on("POST /v1/orgs/acme/invitations", Answer(403, refusal))
        document = run_json("org", "invite", "ann@example.org", "--org", "acme")[1]
        assert document["code"] == "role_required"
        assert "it takes admin" in document["error"]

    def test_a_foreign_organization_is_not_there(self, run_json: RunJson) -> None:
        document = run_json("org", "invite", "ann@example.org", "--org", "stranger")[1]
        assert (document["code"], document["command"]) == ("not_found", "org invite")
        assert "organization stranger" in document["error"]
