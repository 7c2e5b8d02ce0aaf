"""`mog search` and `mog show`: questions that need no account."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.scripted_server import Answer, ScriptedServer
from tests.mog_cli.terminal import on_terminal

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
LISTING = {
    "id": "lst_1",
    "vendor": "acme",
    "slug": "pdf-tools",
    "name": "acme/pdf-tools",
    "type": "skill",
    "title": "PDF tools",
    "summary": "Reads PDFs.",
    "tags": ["pdf"],
    "targets": ["claude-code"],
    "priceCents": 490,
    "currency": "USD",
    "verified": True,
    "runsCode": False,
    "latestVersion": "1.0.0",
    "releasedAt": "2026-06-01T12:00:00Z",
    "downloads": 7,
    "url": "https://mog.md/acme/pdf-tools",
}
RELEASE = {
    "id": "rel_1",
    "version": "1.0.0",
    "state": "published",
    "sha256": "a" * 64,
    "sizeBytes": 2048,
    "publishedAt": "2026-06-01T12:00:00Z",
}


def test_a_search_asks_for_what_was_said(
    server: ScriptedServer, environment: Path, run_json: RunJson
) -> None:
    path = "/v1/listings?q=read+pdf&type=skill&target=cursor&tag=a%26b&sort=popular&limit=5"
    server.on(f"GET {path}", Answer(200, {"items": [LISTING], "nextCursor": None}))
    exit_code, document, _ = run_json(
        *("search", "read", "pdf", "--type", "skill", "--target", "cursor", "--tag", "a&b"),
        *("--sort", "popular", "--limit", "5"),
    )
    assert exit_code == 0, document
    (found,) = document["data"]["items"]
    assert (found["name"], found["priceCents"]) == ("acme/pdf-tools", 490)
    assert "Authorization" not in server.seen[0].headers


def test_people_read_a_line_for_each(
    server: ScriptedServer, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = {**LISTING, "name": "acme/other", "priceCents": 0, "summary": "a\n\x1b[2Jb"}
    server.on(
        "GET /v1/listings?q=pdf&sort=relevance&limit=20", Answer(200, {"items": [LISTING, nasty]})
    )
    assert program.run(["search", "pdf"]) == 0
    assert capsys.readouterr().out == (
        "acme/pdf-tools 1.0.0 (skill, 4.90 USD, verified): Reads PDFs.\n"
        "acme/other 1.0.0 (skill, free, verified): a\\n\\x1b[2Jb\n"
    )


@pytest.mark.processes
@pytest.mark.parametrize("command", ["search pdf", "show acme/pdf-tools"])
def test_on_a_terminal_a_summary_is_broken_between_words(
    server: ScriptedServer, environment: Path, command: str
) -> None:
    wordy = {**LISTING, "state": "published", "summary": "Reads every page of a long PDF. " * 3}
    server.on("GET /v1/listings?q=pdf&sort=relevance&limit=20", Answer(200, {"items": [wordy]}))
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, wordy))
    server.on("GET /v1/listings/acme/pdf-tools/releases", Answer(200, {"items": []}))
    exit_code, screen = on_terminal(*command.split(), variables={"COLUMNS": "60"})
    assert exit_code == 0, screen
    assert screen.splitlines()[:3] == [
        "acme/pdf-tools 1.0.0 (skill, 4.90 USD, verified)",
        "  Reads every page of a long PDF. Reads every page of a long",
        "  PDF. Reads every page of a long PDF.",
    ]


def test_nothing_found_is_no_error(
    server: ScriptedServer, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("GET /v1/listings?q=x&sort=relevance&limit=20", Answer(200, {"items": []}))
    assert program.run(["search", "x"]) == 0
    assert "Nothing was found" in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": 1},
        {"items": ["x"]},
        {"items": [{**LISTING, "priceCents": "free"}]},
        {"items": [{**LISTING, "priceCents": -500}]},
    ],
)
def test_a_strange_answer_is_told(
    body: dict[str, Any], server: ScriptedServer, environment: Path, run_json: RunJson
) -> None:
    server.on("GET /v1/listings?q=x&sort=relevance&limit=20", Answer(200, body))
    assert run_json("search", "x")[1]["code"] == "unexpected_answer"


def test_a_package_is_shown_with_its_versions(
    server: ScriptedServer,
    environment: Path,
    run_json: RunJson,
    capsys: pytest.CaptureFixture[str],
) -> None:
    details = {**LISTING, "license": "MIT", "state": "listed", "readmeHtml": "<p>"}
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, details))
    server.on("GET /v1/listings/acme/pdf-tools/releases", Answer(200, {"items": [RELEASE]}))
    _, document, _ = run_json("show", "acme/pdf-tools")
    assert document["data"]["license"] == "MIT"
    assert document["data"]["releases"][0]["sha256"] == "a" * 64
    assert program.run(["show", "acme/pdf-tools"]) == 0
    out = capsys.readouterr().out
    assert "Licence: MIT\n" in out
    assert "Version 1.0.0: published, 2026-06-01, 2.0 KB" in out


def test_a_size_that_no_package_has_is_told(
    server: ScriptedServer, environment: Path, run_json: RunJson
) -> None:
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, LISTING))
    releases = {"items": [{**RELEASE, "sizeBytes": 10**400}]}
    server.on("GET /v1/listings/acme/pdf-tools/releases", Answer(200, releases))
    assert run_json("show", "acme/pdf-tools")[1]["code"] == "unexpected_answer"


def test_a_package_that_nobody_may_see_is_not_found(
    server: ScriptedServer, environment: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("show", "acme/secret")
    assert (exit_code, document["code"]) == (1, "not_found")
