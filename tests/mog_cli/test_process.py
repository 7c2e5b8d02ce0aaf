"""`mog` as a process of its own: exit codes, pipes, terminals, signals, and what it imports."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mog_cli import __version__
from tests.mog_cli.conftest import ROOT, RunMog, mog_command, mog_environment
from tests.mog_cli.scripted_server import ME, TOKEN, Answer, ScriptedServer, grant_of
from tests.mog_cli.terminal import on_terminal

pytestmark = pytest.mark.processes


def approve_later(server: ScriptedServer) -> None:
    """Script a sign-in that is approved at the second poll."""
    approved = {"status": "approved", "token": TOKEN, "tokenType": "Bearer", "expiresIn": 3600}
    server.on("POST /v1/auth/device/start", Answer(200, grant_of(server)))
    server.on(
        "POST /v1/auth/device/poll", Answer(200, {"status": "pending"}), Answer(200, approved)
    )
    server.on("GET /v1/users/me", Answer(200, ME))
    server.on("POST /oauth/revoke", Answer(200, {}))


def test_the_version_is_told_without_loading_anything_heavy() -> None:
    code = (
        "import sys; sys.argv = ['mog', '--version']\n"
        "from mog_cli.main import main\n"
        "before = set(sys.modules); exit_code = main()\n"
        "print(exit_code, *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    said, modules = done.stdout.splitlines()
    assert said == f"mog {__version__}"
    exit_code, *loaded = modules.split()
    assert exit_code == "0"
    assert {name.split(".")[0] for name in loaded}.isdisjoint(
        {"click", "httpx", "yaml", "json", "re", "dataclasses", "platformdirs", "mog_package"}
    )


def test_an_ordinary_command_loads_neither_client_nor_server() -> None:
    code = (
        "import sys; from mog_cli import program\n"
        "program.run(['completion', 'zsh'])\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded.isdisjoint({"httpx", "yaml", "django", "rest_framework", "accounts", "mog_site"})


@pytest.mark.parametrize("command", ["list", "verify", "uninstall"])
def test_what_asks_no_server_loads_no_client(command: str) -> None:
    code = (
        f"import sys; import mog_cli.commands.{command}\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()).isdisjoint({"httpx", "anyio", "django"})


def test_the_shell_is_told_what_may_follow(mog: RunMog) -> None:
    asked = {"_MOG_COMPLETE": "fish_complete", "COMP_WORDS": "mog au", "COMP_CWORD": "au"}
    done = mog(**asked)
    offered = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert offered == ["plain,audit", "plain,auth"]
    assert done.stderr == ""


def test_exit_codes_and_streams_of_an_error(mog: RunMog) -> None:
    done = mog("auth", "--status")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("mog: You are not signed in to https://mog.md.")


def test_the_whole_of_signing_in_asking_and_signing_out(
    mog: RunMog, server: ScriptedServer, home: Path
) -> None:
    approve_later(server)
    first = mog("auth", MOG_API_URL=server.origin)
    assert first.returncode == 0, first.stderr
    assert "Waiting" not in first.stderr  # progress is for terminals
    assert (home / "credentials.json").stat().st_mode & 0o777 == 0o600
    status = mog("--json", "auth", "--status", MOG_API_URL=server.origin)
    assert json.loads(status.stdout)["data"]["user"]["username"] == "bob"
    assert status.stderr == ""
    last = mog("auth", "--logout", MOG_API_URL=server.origin)
    assert last.returncode == 0
    assert mog("auth", "--status", MOG_API_URL=server.origin).returncode == 1
    everything = [text for done in (first, status, last) for text in (done.stdout, done.stderr)]
    assert TOKEN not in "".join(everything)


def test_a_human_who_does_not_decide_is_exit_code_two(mog: RunMog, server: ScriptedServer) -> None:
    server.on("POST /v1/auth/device/start", Answer(200, grant_of(server, expiresIn=0)))
    done = mog("auth", "--json", MOG_API_URL=server.origin)
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "expired"


def _waiting(server: ScriptedServer, *arguments: str) -> subprocess.Popen[str]:
    """Start a sign-in nobody approves, and return once it polls."""
    server.on("POST /v1/auth/device/start", Answer(200, grant_of(server)))
    server.on("POST /v1/auth/device/poll", Answer(200, {"status": "pending"}))
    process = subprocess.Popen(
        mog_command("auth", *arguments),
        cwd=ROOT,
        env=mog_environment(MOG_API_URL=server.origin),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    give_up_at = time.monotonic() + 30
    while not server.requests_to("/v1/auth/device/poll"):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
    return process


def test_ctrl_c_is_quiet(home: Path, server: ScriptedServer) -> None:
    process = _waiting(server)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "mog: Interrupted."
    assert not home.exists()


def test_ctrl_c_keeps_the_promise_of_one_document(home: Path, server: ScriptedServer) -> None:
    process = _waiting(server, "--json")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(out)["code"] == "interrupted"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["completion", "bash"], ["--version", "--json"]]
)
def test_a_reader_who_left_is_no_reason_for_a_traceback(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            mog_command(*arguments),
            cwd=ROOT,
            env=mog_environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", [["--version"], ["completion", "bash"]])
def test_a_full_disk_is_told(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            mog_command(*arguments),
            cwd=ROOT,
            env=mog_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"mog: {os.strerror(errno.ENOSPC)}.\n"


def test_closed_streams_are_survived() -> None:
    command = " ".join(mog_command("auth", "--status"))
    done = subprocess.run(
        ["sh", "-c", f"{command} >&- 2>&-"], cwd=ROOT, env=mog_environment(), check=False
    )
    assert done.returncode == 1


def test_a_terminal_without_unicode_is_survived(mog: RunMog) -> None:
    done = mog("é", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_on_a_terminal_progress_is_shown_and_the_browser_opened(
    home: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    approve_later(server)
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    exit_code, screen = on_terminal(
        "auth", variables={"MOG_API_URL": server.origin, "BROWSER": str(browser)}
    )
    assert exit_code == 0, screen
    assert "BCDF-GHJK" in screen
    assert "Waiting for your decision" in screen
    assert opened.read_text().strip() == f"{server.origin}/device?code=BCDFGHJK"
    assert TOKEN not in screen


@pytest.mark.parametrize(
    ("options", "variables"),
    [(["--no-browser"], {}), (["--json"], {}), ([], {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"})],
)
def test_the_browser_stays_closed_when_it_is_not_wanted(
    home: Path,
    server: ScriptedServer,
    tmp_path: Path,
    options: list[str],
    variables: dict[str, str],
) -> None:
    approve_later(server)
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {opened}\n")
    browser.chmod(0o755)
    exit_code, screen = on_terminal(
        "auth",
        *options,
        variables={"MOG_API_URL": server.origin, "BROWSER": str(browser), **variables},
    )
    assert exit_code == 0, screen
    assert not opened.exists()
