"""For whom commands act: an option, a variable, a switch or the token, and what a refusal means."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from mog_cli import program, streams
from mog_cli.organization_choices import OrganizationChoices
from tests.mog_cli.organizations import ACME, NOT_FOUND, sign_in_member
from tests.mog_cli.scripted_server import (
    ME,
    OLDER_TOKEN,
    PERSONAL_TOKEN,
    Answer,
    ScriptedServer,
    grant_of,
)
from tests.mog_cli.test_auth import APPROVED
from tests.mog_cli.test_buying import BOUGHT, WALLET
from tests.mog_cli.test_quoting import QUOTE
from tests.mog_cli.test_search import LISTING

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
WALLET_ONLY = ("wallet", "--limit", "0")
NO_SCOPE = Answer(
    403, {"code": "missing_scope", "message": "No.", "details": {"scope": "org"}, "requestId": "r"}
)


@pytest.fixture(autouse=True)
def signed_in(server: ScriptedServer, environment: Path) -> Path:
    """Somebody who belongs to acme and beta."""
    sign_in_member(server, environment)
    server.on("GET /v1/wallet", Answer(200, WALLET))
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, {**LISTING, "state": "published"}))
    server.on("GET /v1/listings/acme/pdf-tools/releases", Answer(200, {"items": []}))
    server.on("POST /v1/purchases", Answer(201, BOUGHT))
    return environment


def named_in(server: ScriptedServer, path: str = "/v1/wallet") -> list[str | None]:
    """Return which organization each request to a path named."""
    return [seen.headers.get("X-Mog-Org") for seen in server.requests_to(path)]


class TestWhoIsActedFor:
    @pytest.mark.parametrize(
        "line",
        [
            ["--org", "acme", *WALLET_ONLY],
            [*WALLET_ONLY, "--org", "acme"],
            ["--org=acme", *WALLET_ONLY],
            ["--org", "acme", *WALLET_ONLY, "--org", "acme"],
        ],
    )
    def test_the_option_stands_before_or_after_the_command(
        self, server: ScriptedServer, run_json: RunJson, line: list[str]
    ) -> None:
        exit_code, document, _ = run_json(*line)
        assert (exit_code, document["command"]) == (0, "wallet")
        assert named_in(server) == ["acme"]

    def test_nobody_is_named_by_default(self, server: ScriptedServer, run_json: RunJson) -> None:
        assert run_json(*WALLET_ONLY)[0] == 0
        assert named_in(server) == [None]

    @pytest.mark.parametrize(
        ("flag", "variable", "switched", "named", "why"),
        [
            ("", "", "", None, "token"),
            ("", "", "acme", "acme", "switch"),
            ("", "beta", "acme", "beta", "environment"),
            ("acme", "beta", "", "acme", "flag"),
            ("beta", "", "acme", "beta", "flag"),
            ("-", "beta", "acme", None, "flag"),
            ("", "-", "acme", None, "environment"),
        ],
    )
    def test_the_nearest_word_counts_and_whoami_says_which(
        self,
        server: ScriptedServer,
        run_json: RunJson,
        monkeypatch: pytest.MonkeyPatch,
        flag: str,
        variable: str,
        switched: str,
        named: str | None,
        why: str,
    ) -> None:
        if switched:
            assert run_json("org", "switch", switched)[0] == 0
        monkeypatch.setenv("MOG_ORG", variable)
        line = ["--org", flag] if flag else []
        assert run_json(*WALLET_ONLY, *line)[0] == 0
        assert named_in(server) == [named]
        document = run_json("org", "whoami", *line)[1]
        organization = document["data"]["organization"]
        assert (organization["slug"] if organization else None, document["data"]["why"]) == (
            named,
            why,
        )

    def test_two_options_that_differ_are_refused(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        exit_code, document, _ = run_json("--org", "acme", *WALLET_ONLY, "--org", "beta")
        assert (exit_code, document["code"]) == (1, "usage")
        assert server.seen == []

    @pytest.mark.parametrize("slug", ["", "A", "Acme", "a", "a--b", "-a", "a/b", "a\nb", "é" * 3])
    def test_what_is_no_name_reaches_no_server(
        self, server: ScriptedServer, run_json: RunJson, monkeypatch: pytest.MonkeyPatch, slug: str
    ) -> None:
        assert run_json(*WALLET_ONLY, f"--org={slug}")[1]["code"] == "usage"
        assert run_json("org", "switch", slug)[1]["code"] == "usage"
        assert run_json("org", "create", slug)[1]["code"] == "usage"
        monkeypatch.setenv("MOG_ORG", slug or "?")
        assert run_json(*WALLET_ONLY)[1]["code"] == "config_invalid"
        assert server.seen == []

    def test_a_refusal_reminds_of_it(self, server: ScriptedServer, run_json: RunJson) -> None:
        server.on("POST /v1/purchases", NOT_FOUND)
        document = run_json("buy", "acme/pdf-tools", "--yes", "--org", "beta")[1]
        assert "You act for beta; see: mog org whoami" in document["error"]

    def test_one_that_is_not_there_is_named(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        server.on("GET /v1/wallet", NOT_FOUND)
        document = run_json(*WALLET_ONLY, "--org", "nobody")[1]
        assert document["error"].startswith("There is no organization nobody, or you may not")
        assert "mog org list" in document["error"]

    def test_a_token_without_the_scope_is_told_what_to_do(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        server.on("GET /v1/wallet", NO_SCOPE)
        exit_code, document, _ = run_json(*WALLET_ONLY, "--org", "acme")
        assert (exit_code, document["code"]) == (1, "missing_scope")
        assert "mog auth --scope org" in document["error"]

    @pytest.mark.parametrize(("line", "whose"), [([], "your wallet"), (["--org", "acme"], "acme")])
    def test_a_person_is_asked_whose_wallet_pays(
        self,
        server: ScriptedServer,
        monkeypatch: pytest.MonkeyPatch,
        line: list[str],
        whose: str,
    ) -> None:
        asked: list[str] = []

        def agree(text: str, **_: object) -> bool:
            asked.append(text)
            return True

        def quote(handler: Any) -> None:
            named = handler.headers.get("X-Mog-Org")
            Answer(201, {**QUOTE, "organization": named})(handler)

        server.on("POST /v1/quotes", quote)
        monkeypatch.setattr(streams, "is_interactive", lambda: True)
        monkeypatch.setattr(click, "confirm", agree)
        assert program.run(["buy", "acme/pdf-tools", *line]) == 0
        assert whose in asked[0]

    def test_looking_around_takes_the_token_where_only_it_shows_the_packages(
        self, server: ScriptedServer, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = "/v1/listings/acme/pdf-tools"
        for line in ([], ["--org", "acme"]):
            assert run_json("show", "acme/pdf-tools", *line)[0] == 0
        assert named_in(server, path) == [None, "acme"]
        shown = ["Authorization" in seen.headers for seen in server.requests_to(path)]
        assert shown == [False, True]

    def test_looking_around_for_an_organization_needs_somebody(
        self, signed_in: Path, run_json: RunJson
    ) -> None:
        (signed_in / "credentials.json").unlink()
        assert run_json("show", "acme/pdf-tools")[0] == 0
        assert run_json("show", "acme/pdf-tools", "--org", "acme")[1]["code"] == "not_signed_in"

    def test_one_signs_in_as_oneself(self, server: ScriptedServer, run_json: RunJson) -> None:
        assert run_json("auth", "--org", "acme")[1]["code"] == "usage"
        assert server.seen == []


class TestSwitching:
    def test_it_holds_until_further_notice(
        self, server: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run_json("org", "switch", "acme")[0] == 0
        assert run_json(*WALLET_ONLY)[0] == 0
        assert program.run(["org", "switch", "-"]) == 0
        assert "whoever the token is for" in capsys.readouterr().out
        assert run_json(*WALLET_ONLY)[0] == 0
        assert named_in(server) == ["acme", None]

    def test_back_needs_no_server(self, server: ScriptedServer, run_json: RunJson) -> None:
        run_json("org", "switch", "acme")
        server.on("GET /v1/users/me", Answer(500))
        for _ in range(2):
            assert run_json("org", "switch", "--personal")[0] == 0

    def test_an_organization_of_others_is_not_chosen(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        exit_code, document, _ = run_json("org", "switch", "stranger")
        assert (exit_code, document["code"]) == (1, "organization_not_found")
        run_json(*WALLET_ONLY)
        assert named_in(server) == [None]

    def test_a_server_that_does_not_know_organizations_is_not_trusted(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        server.on("GET /v1/users/me", Answer(200, ME))
        assert run_json("org", "switch", "acme")[1]["code"] == "unexpected_answer"

    @pytest.mark.parametrize("line", [[], ["acme", "--personal"]])
    def test_it_wants_one_answer(self, run_json: RunJson, line: list[str]) -> None:
        assert run_json("org", "switch", *line)[1]["code"] == "usage"

    def test_another_server_and_another_token_are_not_meant(
        self,
        server: ScriptedServer,
        signed_in: Path,
        run_json: RunJson,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert run_json("org", "switch", "acme")[0] == 0
        monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
        assert run_json("org", "switch", "beta")[0] == 0
        assert run_json(*WALLET_ONLY)[0] == 0
        monkeypatch.setenv("MOG_TOKEN", OLDER_TOKEN)
        assert run_json(*WALLET_ONLY)[0] == 0
        monkeypatch.delenv("MOG_TOKEN")
        assert run_json(*WALLET_ONLY)[0] == 0
        monkeypatch.setenv("MOG_API_URL", server.origin.replace("127.0.0.1", "localhost"))
        monkeypatch.setenv("MOG_TOKEN", PERSONAL_TOKEN)
        assert run_json(*WALLET_ONLY)[0] == 0
        assert named_in(server) == ["beta", None, "acme", None]

    @pytest.mark.parametrize("line", [["auth"], ["auth", "--logout"], ["token", "revoke", "tok_1"]])
    def test_signing_in_and_out_goes_back(
        self, server: ScriptedServer, signed_in: Path, run_json: RunJson, line: list[str]
    ) -> None:
        token = {**ME["credential"], "id": "tok_1"}  # type: ignore[dict-item]  # it is a dict
        server.on("POST /v1/auth/device/start", Answer(200, grant_of(server)))
        server.on("POST /v1/auth/device/poll", APPROVED)
        server.on("POST /oauth/revoke", Answer(200, b""))
        server.on("DELETE /v1/tokens/tok_1", Answer(204, b""))
        server.on("GET /v1/tokens/current", Answer(200, token))
        server.on("GET /v1/tokens?limit=100", Answer(200, {"items": [token]}))
        run_json("org", "switch", "acme")
        assert run_json(*line)[0] == 0
        choices = json.loads((signed_in / "organizations.json").read_text())
        assert choices == {"version": 1, "organizations": {server.origin: {}}}

    def test_a_variable_that_goes_first_is_warned_of(
        self, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOG_ORG", "beta")
        assert "MOG_ORG is set" in run_json("org", "switch", "acme")[2]

    def test_whoever_was_removed_is_told_and_finds_the_way_back(
        self, server: ScriptedServer, run_json: RunJson
    ) -> None:
        run_json("org", "switch", "acme")
        server.on("GET /v1/users/me", NOT_FOUND)
        exit_code, document, _ = run_json("org", "whoami")
        assert (exit_code, document["code"]) == (1, "organization_not_found")
        assert "mog org switch --personal" in document["error"]
        assert run_json("org", "list")[0] == 0
        assert named_in(server, "/v1/orgs?limit=100") == [None]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"{",
            b'{"version": 2, "organizations": {}}',
            b'{"version": 1, "organizations": {"http://x": {"stored": "a/../b"}}}',
            b'{"version": 1, "organizations": {"http://x": []}}',
        ],
    )
    def test_a_damaged_file_is_not_passed_over(
        self, signed_in: Path, server: ScriptedServer, run_json: RunJson, content: bytes
    ) -> None:
        (signed_in / "organizations.json").write_bytes(content)
        exit_code, document, _ = run_json("buy", "acme/pdf-tools", "--yes")
        assert (exit_code, document["code"]) == (1, "config_invalid")
        assert server.requests_to("/v1/purchases") == []

    def test_switches_at_the_same_time_lose_none(self, tmp_path: Path) -> None:
        choices = OrganizationChoices(tmp_path)

        def choose(number: int) -> None:
            choices.put(f"https://{number}.example", holder="stored", slug="acme")

        threads = [threading.Thread(target=choose, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [choices.get(f"https://{number}.example", holder="stored") for number in range(8)]
        assert found == ["acme"] * 8


class TestWhoami:
    def test_a_token_that_is_bound_says_so(
        self, server: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.on("GET /v1/users/me", Answer(200, {**ME, "organization": ACME}))
        assert run_json("org", "whoami")[1]["data"]["why"] == "token"
        assert program.run(["org", "whoami"]) == 0
        out = capsys.readouterr().out
        assert out == "You, bob, act for Acme Inc. (acme), as the token says.\n"

    def test_a_person_is_told_that_they_act_for_themselves(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert program.run(["org", "whoami"]) == 0
        assert capsys.readouterr().out == "You act for yourself, bob, as the token says.\n"
