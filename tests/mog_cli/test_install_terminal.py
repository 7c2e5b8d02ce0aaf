"""`mog install` on a terminal: a person is asked, and sees what goes on."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from mog_package import PackageType
from tests.mog_cli import snapshots
from tests.mog_cli.conftest import mog_command, mog_environment
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.terminal import on_terminal

pytestmark = pytest.mark.processes

MORE = "targets: [claude-code]\n"


@pytest.mark.parametrize(("answer", "exit_code"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
def test_a_person_is_asked_and_decides(
    answer: bytes, exit_code: int, market: Marketplace, project: Path
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=MORE)
    found, screen = on_terminal("install", "acme/serve", answer=answer)
    assert found == exit_code, screen
    assert f"python3 {project}/.agents/mcp/serve/server.py --safe" in screen.replace("\r\n", "")
    assert (".mcp.json" in snapshots.of(project)) == (exit_code == 0)
    if exit_code:
        assert "Nothing was installed, as you wish." in screen


def test_nobody_is_asked_where_the_question_would_not_be_seen(
    market: Marketplace, project: Path
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=MORE)
    master, slave = pty.openpty()
    done = subprocess.run(
        mog_command("install", "acme/serve"),
        env=mog_environment(),
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(slave)
    os.close(master)
    assert done.returncode == 2
    assert b"This needs a person's consent" in done.stderr


def test_with_json_nobody_is_asked(market: Marketplace, project: Path) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=MORE)
    found, screen = on_terminal("install", "acme/serve", "--json", answer=b"y\n")
    assert found == 2
    assert "[y/N]" not in screen


def test_progress_is_for_terminals(
    market: Marketplace, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market.put(more=MORE)
    found, screen = on_terminal("install", "acme/pdf-tools", answer=b"")
    assert found == 0
    assert "Fetching acme/pdf-tools 1.0.0" in screen
    done = subprocess.run(
        mog_command("uninstall", "acme/pdf-tools"),
        env=mog_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
