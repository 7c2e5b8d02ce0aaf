"""The envelope, the exit codes, and what a stranger's text can do to a terminal."""

import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

from mog_cli import __version__, program
from mog_cli.errors import ApiError, MogError
from mog_cli.output import Console, Result
from tests.mog_cli.conftest import ROOT, RunMog

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__


def test_the_version_as_json(run_json: RunJson) -> None:
    assert run_json("--version") == (
        0,
        {"ok": True, "command": "version", "data": {"version": __version__}},
        "",
    )


def test_help_as_json_is_one_document(run_json: RunJson) -> None:
    exit_code, document, said = run_json("--help")
    assert (exit_code, document["command"], said) == (0, "help", "")
    assert "Exit codes" in document["data"]["text"]


@pytest.mark.parametrize("arguments", [["--json", "nope"], ["nope", "--json"]])
def test_json_is_heard_before_and_after_the_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(arguments) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["command"] == "nope"
    assert document["code"] == "usage"


def test_a_file_called_json_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["completion", "--", "--json"]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments", [["nope"], ["--nope"], ["auth", "--nope"], ["auth", "extra"], ["completion"]]
)
def test_wrong_usage_is_an_error_and_not_a_matter_for_a_human(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mog: ")
    assert "--help" in captured.err


def _every_command() -> Iterator[str]:
    """Return the words of each command, those of groups included."""
    root = program.root()
    context = root.make_context("mog", [])
    for name in root.list_commands(context):
        yield name
        command = root.get_command(context, name)
        if isinstance(command, click.Group):
            yield from (f"{name} {own}" for own in command.list_commands(context))


@pytest.mark.parametrize("name", list(_every_command()))
def test_every_command_has_help_and_the_shared_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run([*name.split(), "--help"]) == 0
    out = capsys.readouterr().out
    assert "--json" in out
    assert "--verbose" in out


@pytest.mark.parametrize("name", list(_every_command()))
def test_help_fits_a_terminal_of_eighty_columns(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert program.run([*name.split(), "--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_help_has_a_commands_own_options_before_those_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.run(["buy", "--help"]) == 0
    own, shared = capsys.readouterr().out.split("Shared options:")
    assert "--max-price AMOUNT" in own
    assert [name in own for name in ("--json", "--org", "--help")] == [False] * 3
    assert all(name in shared for name in ("--json", "--org", "--help"))


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([]) == 0
    out = capsys.readouterr().out
    assert "auth" in out
    assert "completion" in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["completion", shell]) == 0
    assert f"_MOG_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.processes
@pytest.mark.parametrize(
    ("typed", "offered"), [("mog to", {"token"}), ("mog token ", {"create", "list", "revoke"})]
)
def test_completion_knows_the_commands_of_groups(
    mog: RunMog, typed: str, offered: set[str]
) -> None:
    words = len(typed.split(" ")) - 1
    done = mog(_MOG_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(words))
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == offered


@pytest.mark.parametrize(
    ("problem", "exit_code", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted", "Interrupted."),
        (FileNotFoundError(2, "No such file", "a.txt"), 1, "error", "a.txt: No such file."),
        (click.FileError("a.txt", "gone"), 1, "error", "Could not open file 'a.txt': gone"),
        (ZeroDivisionError("x"), 1, "error", "mog has a fault: ZeroDivisionError: x."),
    ],
)
def test_anything_that_ends_a_command_has_a_code_and_a_sentence(
    problem: BaseException, exit_code: int, code: str, said: str
) -> None:
    error = program.as_error(problem)
    assert (error.exit_code, error.code, error.message) == (exit_code, code, said)


def test_a_failure_carries_code_page_and_details(capsys: pytest.CaptureFixture[str]) -> None:
    error = ApiError(
        "Too dear.",
        status=402,
        code="approval_required",
        advice="Ask.",
        details={"a": 1},
        approval_url="https://mog.md/a/1",
    )
    Console(is_json=True).fail(command="buy", error=error)
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "command": "buy",
        "error": "Too dear. Ask.",
        "code": "approval_required",
        "approvalUrl": "https://mog.md/a/1",
        "details": {"a": 1},
    }
    Console(is_json=False).fail(command="buy", error=error)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "https://mog.md/a/1" in captured.err


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\x9b1m", "\r", "\u202e", "\u2028", "\x07", "\udc80"])
def test_a_strangers_text_cannot_steer_the_terminal(
    nasty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Console(is_json=False).succeed(command="x", result=Result({}, f"a{nasty}b"))
    Console(is_json=False).fail(command="x", error=MogError(f"a{nasty}b"))
    captured = capsys.readouterr()
    for said in (captured.out, captured.err):
        assert nasty[0] not in said
        assert ascii(nasty[0])[1:-1] in said


def test_json_is_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"a": "\x1b\u202e\udc80é"}
    Console(is_json=True).succeed(command="x", result=Result(data, ""))
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out)["data"] == data
