"""`mog verify`, `mog list` and `mog uninstall`: what is installed, and how it goes."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests import processes
from tests.mog_cli import snapshots
from tests.mog_cli.marketplace import Marketplace

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
_OPEN = os.open
FOLDER = ".claude/skills/pdf-tools/"


@pytest.fixture
def installed(market: Marketplace, project: Path, run_json: RunJson) -> Path:
    """A project with a package for Claude Code."""
    market.put(more="targets: [claude-code]\n", content={"content/a/b.md": b"b\n"})
    assert run_json("install", "acme/pdf-tools")[0] == 0
    return project


def test_what_is_as_installed_is_fine(installed: Path, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("verify")
    assert (exit_code, document["data"]) == (0, {"packages": ["acme/pdf-tools"], "files": 2})


def test_missing_changed_and_extra_files_are_named(installed: Path, run_json: RunJson) -> None:
    folder = installed / FOLDER
    (folder / "a/b.md").unlink()
    (folder / "SKILL.md").write_text("changed")
    (folder / "more.md").write_text("more")
    (folder / "link").symlink_to(installed)
    exit_code, document, _ = run_json("verify")
    assert (exit_code, document["code"]) == (1, "verify_failed")
    found = {
        each["path"]: each["kind"] for each in document["details"]["packages"]["acme/pdf-tools"]
    }
    assert found == {
        FOLDER + "a/b.md": "missing",
        FOLDER + "SKILL.md": "changed",
        FOLDER + "more.md": "extra",
        FOLDER + "link": "extra",
    }


def test_people_read_a_line_for_each_file(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (installed / FOLDER / "SKILL.md").unlink()
    assert program.run(["verify", "acme/pdf-tools"]) == 1
    assert f"{FOLDER}SKILL.md: missing\n" in capsys.readouterr().err


def test_a_link_is_not_what_was_installed(installed: Path, run_json: RunJson) -> None:
    skill = installed / FOLDER / "SKILL.md"
    skill.rename(installed / "copy.md")
    skill.symlink_to(installed / "copy.md")
    assert run_json("verify")[0] == 1


def test_what_interpreters_leave_behind_is_no_difference(
    installed: Path, run_json: RunJson
) -> None:
    (installed / FOLDER / "__pycache__").mkdir()
    (installed / FOLDER / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert run_json("verify")[0] == 0


def test_a_repository_in_a_package_is_somebodys_work(installed: Path, run_json: RunJson) -> None:
    (installed / FOLDER / ".git").mkdir()
    (installed / FOLDER / ".git" / "HEAD").write_text("mine")
    assert run_json("uninstall", "acme/pdf-tools")[1]["code"] == "locally_modified"


def test_a_package_that_is_not_there_is_told(installed: Path, run_json: RunJson) -> None:
    assert run_json("verify", "acme/other")[1]["code"] == "not_installed"
    assert run_json("uninstall", "acme/other")[1]["code"] == "not_installed"


@pytest.mark.parametrize("command", ["verify", "list", "audit"])
def test_a_project_without_packages_is_told_so(
    project: Path, home: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run([command]) == 0
    assert capsys.readouterr().out == "Nothing is installed here.\n"


def test_one_package_is_counted_as_one(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / FOLDER / "a/b.md").unlink()
    program.run(["install"])
    capsys.readouterr()
    program.run(["verify"])
    assert capsys.readouterr().out == "As installed: 1 package, 2 files.\n"


@pytest.mark.parametrize("command", ["verify", "list", "install"])
def test_looking_needs_no_right_to_write(
    command: str, installed: Path, monkeypatch: pytest.MonkeyPatch, run_json: RunJson
) -> None:
    monkeypatch.delenv("MOG_TOKEN")
    monkeypatch.setattr(os, "open", _read_only_open)
    before = snapshots.of(installed)
    exit_code, document, _ = run_json(command)
    assert exit_code == 0, document
    assert snapshots.of(installed) == before


def _read_only_open(path: Any, flags: int, *rest: Any, **more: Any) -> int:
    """Open as on a read-only mount."""
    if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
    return _OPEN(path, flags, *rest, **more)


@pytest.mark.processes
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize("command", ["verify", "list", "install"])
def test_looking_is_for_other_users_too(
    command: str, installed: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Outside the folders of this run, which nobody else may enter.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        copy = Path(shutil.copytree(installed, Path(folder) / "copy"))
        monkeypatch.chdir(copy)

        def look() -> int:
            os.setuid(65534)
            return run_json(command)[0]

        assert processes.forked(look) == 0


def test_verifying_changes_nothing(project: Path, home: Path, run_json: RunJson) -> None:
    assert run_json("verify")[0] == 0
    assert os.listdir(project) == [".claude"]
    assert not home.exists()


def test_the_list_names_packages_and_folders(
    installed: Path, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    (package,) = run_json("list")[1]["data"]["packages"]
    assert (package["name"], package["targets"]) == ("acme/pdf-tools", {"claude-code": FOLDER})
    assert program.run(["list"]) == 0
    assert capsys.readouterr().out == f"acme/pdf-tools 1.0.0 (skill) in {FOLDER}\n"


def test_an_empty_project_has_an_empty_list(
    project: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["list"]) == 0
    assert capsys.readouterr().out == "Nothing is installed here.\n"
    assert os.listdir(project) == [".claude"]


def test_an_uninstalled_package_leaves_nothing(installed: Path, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("uninstall", "acme/pdf-tools")
    assert exit_code == 0, document
    assert list(snapshots.of(installed)) == ["mog.lock.json"]
    assert json.loads((installed / "mog.lock.json").read_text())["packages"] == {}
    assert os.listdir(installed / ".claude") == []
    assert snapshots.leftovers(installed) == []


def test_changed_files_do_not_go_without_a_yes(installed: Path, run_json: RunJson) -> None:
    (installed / FOLDER / "SKILL.md").write_text("mine")
    before = snapshots.of(installed)
    assert run_json("uninstall", "acme/pdf-tools")[1]["code"] == "locally_modified"
    assert snapshots.of(installed) == before
    assert run_json("uninstall", "acme/pdf-tools", "--yes")[0] == 0


def test_a_folder_that_became_a_link_is_not_followed(
    installed: Path, tmp_path: Path, run_json: RunJson
) -> None:
    outside = tmp_path / "outside"
    (installed / FOLDER).rename(outside)
    (installed / FOLDER.removesuffix("/")).symlink_to(outside)
    assert run_json("uninstall", "acme/pdf-tools", "--yes")[0] == 0
    assert (outside / "SKILL.md").is_file()


def test_a_journal_from_somebody_else_is_not_acted_upon(
    installed: Path, tmp_path: Path, run_json: RunJson
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    workspace = installed / ".mog" / "tmp" / "0"
    workspace.mkdir()
    (workspace / "old-0").write_text("evil")
    step = {
        "kind": "file",
        "path": str(victim),
        "number": 0,
        "mode": 420,
        "made": [],
        "old": "0" * 64,
        "new": "1" * 64,
    }
    journal = {"version": 1, "id": "0", "steps": [step], "signature": "0" * 64}
    (installed / ".mog" / "journal.json").write_text(json.dumps(journal))
    for command in (["list"], ["uninstall", "acme/pdf-tools"], ["install"]):
        exit_code, document, _ = run_json(*command)
        assert (exit_code, document["code"]) == (1, "journal_invalid")
    assert run_json("verify")[1]["code"] == "recovery_pending"
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"signature": 1}'])
def test_a_damaged_journal_is_told(text: str, installed: Path, run_json: RunJson) -> None:
    (installed / ".mog" / "journal.json").write_text(text)
    assert run_json("list")[1]["code"] == "journal_invalid"


@pytest.mark.parametrize("name", ["", "tmp", "lock"])
def test_links_in_mogs_own_folder_are_refused(
    name: str, project: Path, market: Marketplace, tmp_path: Path, run_json: RunJson
) -> None:
    market.put()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    path = project / ".mog" / name if name else project / ".mog"
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(outside)
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "journal_invalid"
    assert os.listdir(outside) == ["precious"]
