"""A server that does as told, a home of one's own, and `mog` as a process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import TOKEN, ScriptedServer, serving

ROOT = Path(__file__).parents[2]
Process = subprocess.CompletedProcess[str]
RunMog = Callable[..., Process]
Json = dict[str, Any]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server on loopback with an empty script."""
    with serving() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder mog keeps its credentials in; neither it nor any mog variable is set yet."""
    for name in ("MOG_TOKEN", "MOG_API_URL", "MOG_ORG", "BROWSER", "DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "mog"


@pytest.fixture
def environment(home: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a server that MOG_API_URL points to."""
    monkeypatch.setenv("MOG_API_URL", server.origin)
    return home


@pytest.fixture
def run_json(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Json, str]]:
    """Run a command line in this process; returns exit code, the one document, standard error."""

    def run(*arguments: str) -> tuple[int, Json, str]:
        exit_code = program.run([*arguments, "--json"])
        captured = capsys.readouterr()
        return exit_code, json.loads(captured.out), captured.err

    return run


@pytest.fixture
def mog(home: Path) -> RunMog:
    """Run `mog` as a process of its own, in the test's environment, its streams piped."""

    def run(*arguments: str, cwd: Path = ROOT, **variables: str) -> Process:
        return subprocess.run(
            mog_command(*arguments),
            cwd=cwd,
            env=mog_environment(**variables),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def mog_command(*arguments: str) -> list[str]:
    """Return the command line of a `mog` process."""
    return [sys.executable, "-m", "mog_cli", *arguments]


def mog_environment(**variables: str) -> dict[str, str]:
    """Return the environment of a `mog` process."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **variables}


@pytest.fixture
def market(
    environment: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> Marketplace:
    """A marketplace that MOG_API_URL points to, and somebody who is signed in."""
    monkeypatch.setenv("MOG_TOKEN", TOKEN)
    return Marketplace(server)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of Claude Code as the current folder, and a home beside it."""
    root = tmp_path / "project"
    (root / ".claude").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(root)
    return root
