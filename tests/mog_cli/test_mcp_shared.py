"""One settings file of a user, and several projects that have a server in it."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_package import PackageType
from tests import processes
from tests.mog_cli.client_files import ALL, SHARED_FILES, file_of, servers_in
from tests.mog_cli.marketplace import Marketplace

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def serve(market: Marketplace) -> Marketplace:
    """A marketplace with an MCP server on its shelf."""
    market.put("acme/serve", kind=PackageType.MCP, more=ALL)
    return market


@pytest.fixture
def two_projects(project: Path) -> tuple[Path, Path]:
    """Two projects of one user."""
    other = project.parent / "other"
    (other / ".claude").mkdir(parents=True)
    return project, other


@pytest.mark.parametrize("target", SHARED_FILES)
def test_a_shared_server_goes_with_the_last_project_that_uses_it(
    target: str,
    serve: Marketplace,
    two_projects: tuple[Path, Path],
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_projects
    for root in (first, second):
        monkeypatch.chdir(root)
        assert run_json("install", "acme/serve", "--target", target, "--yes")[0] == 0
    file = file_of(target, first)
    assert str(second) in servers_in(file)["serve"]["args"][0]
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert str(first) in servers_in(file)["serve"]["args"][0]
    monkeypatch.chdir(first)
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert not file.exists()


def test_the_first_to_leave_does_not_disturb_the_other(
    serve: Marketplace,
    two_projects: tuple[Path, Path],
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_projects
    for root in (first, second):
        monkeypatch.chdir(root)
        run_json("install", "acme/serve", "--target", "windsurf", "--yes")
    before = file_of("windsurf", first).read_bytes()
    monkeypatch.chdir(first)
    _, _, said = run_json("uninstall", "acme/serve")
    assert said.count("warning") == 0
    assert file_of("windsurf", first).read_bytes() == before


def test_another_package_does_not_take_a_shared_name(
    serve: Marketplace,
    two_projects: tuple[Path, Path],
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_projects
    run_json("install", "acme/serve", "--target", "windsurf", "--yes")
    serve.put("other/serve", kind=PackageType.MCP, more=ALL)
    monkeypatch.chdir(second)
    exit_code, document, _ = run_json("install", "other/serve", "--target", "windsurf", "--yes")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert str(first) in servers_in(file_of("windsurf", first))["serve"]["args"][0]


def test_a_project_that_is_gone_holds_nothing(
    serve: Marketplace,
    two_projects: tuple[Path, Path],
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_projects
    monkeypatch.chdir(second)
    run_json("install", "acme/serve", "--target", "windsurf", "--yes")
    monkeypatch.chdir(first)
    run_json("install", "acme/serve", "--target", "windsurf", "--yes")
    second.rename(second.with_name("gone"))
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert not file_of("windsurf", first).exists()


@pytest.mark.processes
def test_a_crash_in_one_project_is_taken_back_by_the_next_one(
    serve: Marketplace,
    two_projects: tuple[Path, Path],
    home: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_projects

    def install_and_die() -> int:
        _die_after_the_journal()
        return run_json("install", "acme/serve", "--target", "windsurf", "--yes")[0]

    assert processes.forked(install_and_die) == -9
    assert (first / ".mog/journal.json").is_file()
    assert (home / "mcp-pending").is_file()
    monkeypatch.chdir(second)
    assert run_json("install", "acme/serve", "--target", "windsurf", "--yes")[0] == 0
    assert not (first / ".mog/journal.json").exists()
    assert not (home / "mcp-pending").exists()
    registry = json.loads((home / "mcp-servers.json").read_text())
    assert list(registry["servers"]["windsurf"]["serve"]["projects"]) == [str(second)]


def _die_after_the_journal() -> None:
    """Kill this process just before the lockfile is renamed into place, all else being there."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and str(arguments[1]).endswith("mog.lock.json"):
            os.kill(os.getpid(), 9)

    sys.addaudithook(hook)
