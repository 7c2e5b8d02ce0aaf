"""MCP servers of projects that are moved, cloned, or share a settings file with others."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_package import PackageType
from tests.mog_cli import snapshots
from tests.mog_cli.client_files import ALL, file_of
from tests.mog_cli.marketplace import ENV, SERVER, Marketplace

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
KEY = ("--env", "API_KEY=first")
WINDSURF = ("install", "acme/serve", "--target", "windsurf", "--yes")


@pytest.fixture
def serve(market: Marketplace) -> Marketplace:
    """A marketplace with an MCP server that reads variables."""
    market.put("acme/serve", kind=PackageType.MCP, more=SERVER + ENV + ALL)
    return market


@pytest.fixture
def other(project: Path) -> Path:
    """Another project of the same user."""
    folder = project.parent / "other"
    (folder / ".claude").mkdir(parents=True)
    return folder


def _windsurf(project: Path) -> Path:
    return file_of("windsurf", project)


def _entry(file: Path) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(file.read_text())["mcpServers"]["serve"]
    return entry


@pytest.mark.parametrize("target", ["cursor", "claude-code", "codex", "gemini-cli", "generic"])
def test_a_copy_of_a_project_works_like_the_project(
    target: str,
    serve: Marketplace,
    project: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run_json("install", "acme/serve", "--target", target, "--yes", *KEY)[0] == 0
    copy = project.with_name("copy")
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".mog"))
    before = snapshots.of(copy)
    monkeypatch.chdir(copy)
    for command in (["verify"], ["install"], ["install", "--frozen"]):
        exit_code, document, _ = run_json(*command)
        assert exit_code == 0, document
    assert snapshots.of(copy) == before
    _, _, said = run_json("uninstall", "acme/serve")
    assert "stays" not in said
    assert b"server.py" not in b"".join(snapshots.of(copy).values())


def test_an_entry_that_names_where_the_project_was_is_written_anew(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes", *KEY)
    file = project / ".mcp.json"
    file.write_text(file.read_text().replace(".agents/", "/elsewhere/before/.agents/"))
    assert run_json("install", "--yes")[0] == 0
    entry = _entry(file)
    assert entry["args"] == [".agents/mcp/serve/server.py", "--safe"]
    assert entry["env"]["API_KEY"] == "first"


def test_an_entry_that_names_where_the_project_was_goes_with_the_package(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes", *KEY)
    file = project / ".mcp.json"
    file.write_text(file.read_text().replace(".agents/", "/elsewhere/before/.agents/"))
    run_json("uninstall", "acme/serve")
    assert not file.exists() or "server.py" not in file.read_text()


def test_a_moved_project_has_its_shared_servers_again(
    serve: Marketplace, project: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_json(*WINDSURF, *KEY)
    moved = project.rename(project.with_name("moved"))
    monkeypatch.chdir(moved)
    assert run_json("install", "--yes", *KEY)[0] == 0
    assert _entry(_windsurf(moved))["args"][0].startswith(f"{moved}/")
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert not _windsurf(moved).exists() or "server.py" not in _windsurf(moved).read_text()


def test_the_variables_of_one_project_are_not_given_to_another(
    serve: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    exit_code, document, _ = run_json(*WINDSURF)
    assert (exit_code, document["code"]) == (1, "env_missing")
    assert _entry(_windsurf(project))["env"]["API_KEY"] == "first"


def test_servers_without_a_folder_keep_their_variables_apart_too(
    market: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = SERVER.replace("'{dir}/server.py', ", "")
    market.put("acme/serve", kind=PackageType.MCP, more=server + ENV + ALL)
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    assert run_json(*WINDSURF)[1]["code"] == "env_missing"


def test_taking_over_another_projects_entry_is_warned_of(
    serve: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    exit_code, _, said = run_json(*WINDSURF, "--env", "API_KEY=second")
    assert exit_code == 0
    assert f"{_windsurf(project)}: the server serve was another project's" in said


def test_an_entry_goes_to_the_next_project_without_the_variables_of_the_one_that_leaves(
    serve: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    run_json(*WINDSURF, "--env", "API_KEY=second")
    _, _, said = run_json("uninstall", "acme/serve")
    assert "env" not in _entry(_windsurf(project))
    assert f"the server serve is that of {project} now" in said
    assert "mog install acme/serve --env API_KEY=... --env MODE=..." in said


def test_an_entry_that_another_project_took_over_is_no_difference(
    serve: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    run_json(*WINDSURF, "--env", "API_KEY=second")
    monkeypatch.chdir(project)
    assert run_json("verify")[0] == 0


def test_the_next_project_can_set_its_variables_again(
    serve: Marketplace,
    project: Path,
    other: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_json(*WINDSURF, *KEY)
    monkeypatch.chdir(other)
    run_json(*WINDSURF, "--env", "API_KEY=second")
    run_json("uninstall", "acme/serve")
    monkeypatch.chdir(project)
    exit_code, document, said = run_json("install", "acme/serve", "--yes", *KEY)
    assert exit_code == 0, document
    assert "another project" not in said
    assert _entry(_windsurf(project))["env"]["API_KEY"] == "first"
