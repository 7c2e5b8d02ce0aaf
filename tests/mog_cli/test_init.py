"""`mog init`: a valid package from nothing, or from a skill, and never anything overwritten."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from mog_package import PackageType, Target, open_directory, validate
from tests import processes
from tests.mog_cli.conftest import mog_command, mog_environment

RunJson = Callable[..., tuple[int, dict[str, Any], str]]

SKILL = "---\nname: tidy-notes\ndescription: Tidies notes.\n---\n\nTidy them.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, as the current one."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOGNAME", "Alice Ärger")
    return folder


def in_folder(folder: Path) -> dict[str, str]:
    """Return every file below a folder."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


@pytest.mark.parametrize("kind", list(PackageType))
def test_what_it_makes_is_valid_for_every_type(
    kind: PackageType, here: Path, run_json: RunJson
) -> None:
    exit_code, document, said = run_json("init", "new", "--type", kind.value)
    assert (exit_code, said) == (0, "")
    manifest = validate(open_directory(here / "new")).manifest
    assert manifest.type is kind
    assert manifest.targets == (Target.GENERIC,)
    assert {each["path"] for each in document["data"]["files"]} == set(in_folder(here / "new"))


def test_names_come_from_the_person_and_the_folder(run_json: RunJson) -> None:
    assert run_json("init", "My Näme!")[1]["data"]["name"] == "alice-arger/my-name"


def test_the_current_folder_is_where_a_package_begins(here: Path, run_json: RunJson) -> None:
    assert run_json("init")[1]["data"]["name"] == "alice-arger/work"
    assert (here / "mog.yaml").is_file()


def test_flags_say_what_it_is(here: Path, run_json: RunJson) -> None:
    hostile = 'Says "hello": {name} # \\ and {slug}, \N{SNOWMAN}'
    arguments = ("--type", "skill", "--name", "acme/notes", "--description", hostile)
    assert run_json("init", "x", *arguments)[0] == 0
    manifest = validate(open_directory(here / "x")).manifest
    assert (manifest.name, manifest.description) == ("acme/notes", hostile)


@pytest.mark.parametrize("name", ["notes", "Acme/notes", "acme/con", "acme/../x", "a\nb/c"])
def test_a_name_that_breaks_a_rule_makes_nothing(name: str, here: Path, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("init", "x", "--name", name)
    assert (exit_code, document["code"]) == (1, "package_invalid")
    assert document["details"]["problems"][0]["rule"] == "bad-name"
    assert in_folder(here) == {}
    assert not (here / "x").exists()


def test_a_package_is_not_begun_twice(here: Path, run_json: RunJson) -> None:
    run_json("init")
    before = in_folder(here)
    exit_code, document, _ = run_json("init", "--name", "acme/other")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert document["error"].endswith("run: mog validate")
    assert in_folder(here) == before


def test_a_package_elsewhere_that_is_there_is_named_to_go_on_with(
    here: Path, run_json: RunJson
) -> None:
    for _ in range(2):
        error = run_json("init", "notes")[1].get("error")
    assert error == "notes/mog.yaml is there already. Change it, then run: mog validate notes"


def test_a_file_in_the_way_stays_and_nothing_is_made(here: Path, run_json: RunJson) -> None:
    (here / "CHANGELOG.md").write_text("mine")
    exit_code, document, _ = run_json("init")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert "CHANGELOG.md" in document["error"]
    assert in_folder(here) == {"CHANGELOG.md": "mine"}


def test_files_that_are_not_in_the_way_stay(here: Path, run_json: RunJson) -> None:
    (here / "LICENSE").write_text("mine")
    assert run_json("init")[0] == 0
    assert in_folder(here)["LICENSE"] == "mine"


def test_a_folder_that_cannot_be_written_is_told(here: Path, run_json: RunJson) -> None:
    (here / "file").write_text("")
    exit_code, document, _ = run_json("init", "file/new")
    assert (exit_code, document["code"]) == (1, "write_failed")
    assert in_folder(here) == {"file": ""}


def test_a_failure_half_way_takes_back_what_was_made(here: Path, run_json: RunJson) -> None:
    (here / "content").write_text("a file where a folder must be")
    assert run_json("init")[0] == 1
    assert list(in_folder(here)) == ["content"]


def test_a_skill_becomes_a_package_with_a_copy_of_it(here: Path, run_json: RunJson) -> None:
    (here / "old" / "scripts").mkdir(parents=True)
    (here / "old" / "SKILL.md").write_text(SKILL)
    (here / "old" / "scripts" / "tidy.py").write_text("print()\n")
    (here / "old" / ".DS_Store").write_text("x")
    exit_code, document, _ = run_json("init", "new", "--from", "old")
    assert exit_code == 0
    assert document["data"]["name"] == "alice-arger/tidy-notes"
    assert document["data"]["runsCode"] is True
    made = in_folder(here / "new")
    assert made["content/SKILL.md"] == SKILL
    assert set(made) == {
        *("mog.yaml", "README.md", "CHANGELOG.md", "content/SKILL.md", "content/scripts/tidy.py"),
    }
    assert validate(open_directory(here / "new")).manifest.description == "Tidies notes."


def test_a_folder_that_is_a_skill_is_told_how_to_become_a_package(
    here: Path, run_json: RunJson
) -> None:
    (here / "SKILL.md").write_text(SKILL)
    exit_code, document, _ = run_json("init")
    assert (exit_code, document["code"]) == (1, "usage")
    assert "mog init NEW_FOLDER --from ." in document["error"]
    assert list(in_folder(here)) == ["SKILL.md"]


@pytest.mark.parametrize(
    ("skill", "code"),
    [("absent", "usage"), ("file", "usage"), ("empty", "usage"), ("broken", "package_invalid")],
)
def test_what_is_no_skill_cannot_be_copied(
    skill: str, code: str, here: Path, run_json: RunJson
) -> None:
    (here / "file").write_text("")
    (here / "empty").mkdir()
    (here / "broken").mkdir()
    (here / "broken" / "SKILL.md").write_text("# none")
    exit_code, document, _ = run_json("init", "new", "--from", skill)
    assert (exit_code, document["code"]) == (1, code)
    assert not (here / "new").exists()


def test_from_and_another_type_do_not_go_together(run_json: RunJson) -> None:
    assert run_json("init", "new", "--from", ".", "--type", "mcp")[1]["code"] == "usage"


def test_people_are_told_what_was_made_and_what_comes_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.run(["init", "notes", "--yes"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Made alice-arger/notes 1.0.0 (skill, 4 files, ")
    assert "  notes/content/SKILL.md\n" in out
    assert out.endswith("Next: write the content, then run: mog validate notes, mog pack notes\n")


def _on_a_terminal(
    folder: Path, *arguments: str, answers: list[str], interrupt_at: str = "\0"
) -> tuple[int, str]:
    """Run `mog` on a terminal of its own, answer its questions, return exit code and screen.

    It gets SIGINT, as from Ctrl-C, when `interrupt_at` is on the screen.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        mog_command(*arguments),
        cwd=folder,
        env=mog_environment(TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    screen, is_interrupted, give_up_at = b"", False, time.monotonic() + 30
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        assert time.monotonic() < give_up_at, screen
        # A signal between the question and the reading of its answer would wait for that answer.
        if not is_interrupted and interrupt_at.encode() in screen and processes.sleeps(process.pid):
            process.send_signal(signal.SIGINT)
            is_interrupted = True
        if select.select([ours], [], [], 0.1)[0]:
            try:
                screen += os.read(ours, 4096)
            except OSError:  # what Linux says when the other side is closed
                break
    os.close(ours)
    return process.wait(timeout=10), screen.decode()


@pytest.mark.processes
def test_on_a_terminal_it_asks_and_asks_again(here: Path) -> None:
    answers = ["rule", "not a name", "acme/kind", "", ""]
    exit_code, screen = _on_a_terminal(here, "init", answers=answers)
    assert exit_code == 0, screen
    assert "Error: the name is not vendor/slug" in screen
    manifest = validate(open_directory(here)).manifest
    assert (manifest.name, manifest.type) == ("acme/kind", PackageType.RULE)


@pytest.mark.processes
def test_on_a_terminal_yes_asks_nothing(here: Path) -> None:
    exit_code, screen = _on_a_terminal(here, "init", "--yes", answers=[])
    assert exit_code == 0
    assert "Name (" not in screen


@pytest.mark.processes
def test_ctrl_c_at_a_question_makes_nothing(here: Path) -> None:
    exit_code, screen = _on_a_terminal(here, "init", answers=["skill"], interrupt_at="Name (")
    assert exit_code == 130, screen
    assert in_folder(here) == {}


@pytest.mark.processes
def test_without_a_terminal_it_does_not_wait_for_answers(here: Path) -> None:
    done = subprocess.run(
        mog_command("init", "--json"),
        cwd=here,
        env=mog_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout)["ok"] is True
