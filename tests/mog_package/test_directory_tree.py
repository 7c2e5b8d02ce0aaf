"""A folder is held to the same rules as a zip, and everything wrong with it is said at once."""

import os
import socket
from pathlib import Path

import pytest

from mog_package import Limits, ValidationError, open_directory, validate
from mog_package.rules import Rule
from tests.mog_package import packages

LIMITS = Limits(unpacked_bytes=300, file_bytes=200, files=4, path_bytes=60, path_parts=3)


def refused(folder: Path, limits: Limits = LIMITS) -> list[tuple[Rule, str]]:
    """Return what is wrong with a folder."""
    with pytest.raises(ValidationError) as refusal:
        open_directory(folder, limits=limits)
    return [(problem.rule, problem.path) for problem in refusal.value.problems]


def test_the_files_of_a_folder_are_read(tmp_path: Path) -> None:
    files = packages.files()
    tree = open_directory(packages.write(tmp_path, files))
    assert {path: tree.read(path) for path in tree.paths} == files
    assert validate(tree).manifest.slug == "pdf-tools"


def test_paths_are_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    names = {"é.md": b"", "z.md": b"", "a/b.md": b"", "a-b.md": b""}
    tree = open_directory(packages.write(tmp_path, names))
    assert tree.paths == ("a-b.md", "a/b.md", "z.md", "é.md")


def test_what_other_tools_leave_behind_is_not_packed(tmp_path: Path) -> None:
    left = {".git/config": b"", ".DS_Store": b"", "content/__pycache__/a.pyc": b"", "._a": b""}
    packages.write(tmp_path, {**packages.files(), **left})
    (tmp_path / "content" / ".svn").symlink_to("/")
    assert open_directory(tmp_path).paths == tuple(sorted(packages.files()))


def test_links_are_refused_wherever_they_lead(tmp_path: Path) -> None:
    packages.write(tmp_path, {"a.md": b""})
    (tmp_path / "b.md").symlink_to("a.md")
    (tmp_path / "c").symlink_to("/etc")
    (tmp_path / "d.md").symlink_to("nowhere")
    assert refused(tmp_path) == [(Rule.LINK, "b.md"), (Rule.LINK, "c"), (Rule.LINK, "d.md")]


def test_pipes_and_sockets_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket has at most 108 bytes
        try:
            listener.bind("socket.md")
        finally:
            os.chdir(here)
        assert refused(tmp_path) == [
            (Rule.SPECIAL_FILE, "pipe.md"),
            (Rule.SPECIAL_FILE, "socket.md"),
        ]


def test_names_are_held_to_the_rules_of_a_zip(tmp_path: Path) -> None:
    for name in ("con.md", "a:b.md", "a\\b.md", "e\u0301.md", "tail."):
        packages.write(tmp_path, {name: b""})
    assert set(refused(tmp_path, Limits())) == {
        (Rule.NAME_DEVICE, "con.md"),
        (Rule.NAME_DRIVE, "a:b.md"),
        (Rule.NAME_BACKSLASH, "a\\b.md"),
        (Rule.NAME_NOT_NFC, "e\u0301.md"),
        (Rule.NAME_EDGE, "tail."),
    }


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.md", "wb"):
        pass
    [(rule, _)] = refused(tmp_path)
    assert rule is Rule.NAME_NOT_UTF8


def test_names_that_are_one_elsewhere_are_refused(tmp_path: Path) -> None:
    packages.write(tmp_path, {"straße.md": b"", "STRASSE.md": b""})
    [(rule, _)] = refused(tmp_path)
    assert rule is Rule.LOOK_ALIKE_NAMES


def test_every_limit_holds(tmp_path: Path) -> None:
    packages.write(tmp_path / "large", {"a.md": bytes(201)})
    packages.write(tmp_path / "total", {"a.md": bytes(160), "b.md": bytes(160)})
    packages.write(tmp_path / "many", {f"{n}.md": b"" for n in range(5)})
    packages.write(tmp_path / "deep", {"a/b/c/d.md": b"", "a/b.md": b""})
    packages.write(tmp_path / "long", {f"{'a' * 58}.md": b""})
    assert refused(tmp_path / "large") == [(Rule.FILE_TOO_LARGE, "a.md")]
    assert refused(tmp_path / "total") == [(Rule.UNPACKED_TOO_LARGE, "")]
    assert refused(tmp_path / "many") == [(Rule.TOO_MANY_FILES, "")]
    assert refused(tmp_path / "deep") == [(Rule.NAME_TOO_DEEP, "a/b/c")]
    assert refused(tmp_path / "long") == [(Rule.NAME_TOO_LONG, f"{'a' * 58}.md")]


def test_the_limits_are_inclusive(tmp_path: Path) -> None:
    files = {"a/b/c.md": bytes(200), "a.md": bytes(100), "b.md": b"", "c.md": b""}
    tree = open_directory(packages.write(tmp_path, files), limits=LIMITS)
    assert {path: tree.read(path) for path in tree.paths} == files


def test_a_folder_that_is_not_there_is_the_callers_to_explain(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_directory(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        open_directory(tmp_path / "file")


def test_what_has_become_something_else_is_not_read(tmp_path: Path) -> None:
    packages.write(tmp_path, {"a.md": b"", "b.md": b"", "c.md": b"", "d.md": b""})
    tree = open_directory(tmp_path, limits=LIMITS)
    for path in tree.paths:
        (tmp_path / path).unlink()
    (tmp_path / "a.md").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "b.md")
    (tmp_path / "c.md").write_bytes(bytes(201))
    found = {}
    for path in tree.paths:
        with pytest.raises(ValidationError) as refusal:
            tree.read(path)
        found[path] = refusal.value.problems[0].rule
    assert found == {
        "a.md": Rule.CANNOT_READ,
        "b.md": Rule.SPECIAL_FILE,
        "c.md": Rule.FILE_TOO_LARGE,
        "d.md": Rule.CANNOT_READ,
    }
