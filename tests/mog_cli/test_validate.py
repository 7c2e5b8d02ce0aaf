"""`mog validate`: every problem, one a line, for people and for programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from tests.mog_package import packages
from tests.mog_package.forger import Forger

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valid package, and the folder around it as the current one."""
    monkeypatch.chdir(tmp_path)
    return packages.write(tmp_path / "pdf", packages.files())


def test_a_valid_folder_is_told_in_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["validate", "pdf"]) == 0
    size = sum(map(len, packages.files().values()))
    out, err = capsys.readouterr()
    assert out == f"Valid: acme/pdf-tools 1.0.0 (skill, 3 files, {size} bytes)\n"
    assert err == ""


def test_a_valid_zip_is_the_same(folder: Path, run_json: RunJson) -> None:
    Path("pdf.zip").write_bytes(packages.zipped(packages.files(), top="x/").getvalue())
    of_folder = run_json("validate", "pdf")[1]["data"]
    assert run_json("validate", "pdf.zip")[1]["data"] == of_folder
    assert of_folder["name"] == "acme/pdf-tools"
    assert of_folder["warnings"] == []
    assert len(of_folder["files"]) == 3


def test_a_package_is_found_from_within(
    folder: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "content")
    assert run_json("validate")[1]["data"]["name"] == "acme/pdf-tools"


def test_every_problem_has_a_line_of_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "README.md").unlink()
    (folder / "notes.md").write_text("x")
    (folder / "content" / "SKILL.md").write_text("---\nname: pdf-tools\n---\n")
    assert program.run(["validate", "pdf"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    *lines, last = err.splitlines()
    assert sorted(lines) == [
        "README.md: the README is missing [readme-missing]",
        "content/SKILL.md:2: description: the skill's description is missing or too long:"
        " it is missing [skill-description]",
        "notes.md: only mog.yaml, README, CHANGELOG, licences and content/ belong here"
        " [unexpected-file]",
    ]
    assert last == "mog: pdf is not a valid package: 3 problems."


def test_programs_get_every_problem_in_parts(folder: Path, run_json: RunJson) -> None:
    (folder / "mog.yaml").write_text("name: acme/pdf-tools\nversion: 1\ntype: skill\n")
    exit_code, document, _ = run_json("validate", "pdf")
    assert (exit_code, document["code"]) == (1, "package_invalid")
    assert document["details"]["problems"] == [
        {
            "rule": "missing-key",
            "message": "a required key is missing: description",
            "path": "mog.yaml",
            "line": 1,
            "key": "",
        },
        {
            "rule": "wrong-type",
            "message": "a value is of the wrong type: it must be text, not a number",
            "path": "mog.yaml",
            "line": 2,
            "key": "version",
        },
    ]


def test_warnings_do_not_change_the_exit_code(
    folder: Path, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "---\nname: pdf-tools\ndescription: x\nlicence: MIT\n---\n"
    (folder / "content" / "SKILL.md").write_text(text)
    exit_code, document, said = run_json("validate", "pdf")
    assert (exit_code, said) == (0, "")
    assert [each["key"] for each in document["data"]["warnings"]] == ["licence"]
    assert program.run(["validate", "pdf"]) == 0
    assert capsys.readouterr().err.startswith("mog: warning: content/SKILL.md:4: licence:")


def test_hostile_names_are_shown_harmlessly(
    folder: Path, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    forger = Forger().add("a\x1b[2Jb\n\u202ec.md", b"x")
    Path("evil.zip").write_bytes(forger.bytes())
    assert program.run(["validate", "evil.zip"]) == 1
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\u202e" not in err
    assert "a\\x1b[2Jb\\n\\u202ec.md: a name holds a control character" in err
    document = run_json("validate", "evil.zip")[1]
    assert document["details"]["problems"][0]["rule"] == "name-control"


@pytest.mark.parametrize("path", ["absent", "absent.zip", "/dev/null"])
def test_what_is_not_there_is_told(path: str, folder: Path, run_json: RunJson) -> None:
    exit_code, document, _ = run_json("validate", path)
    assert (exit_code, document["code"]) == (1, "package_not_found")


def test_a_file_that_is_no_zip_is_told(folder: Path, run_json: RunJson) -> None:
    Path("notes.txt").write_text("hello")
    document = run_json("validate", "notes.txt")[1]
    assert document["details"]["problems"][0]["rule"] == "not-a-zip"


def test_a_folder_without_a_manifest_is_told_of_init(folder: Path, run_json: RunJson) -> None:
    document = run_json("validate")[1]
    assert document["code"] == "package_invalid"
    assert "mog init" in document["error"]
