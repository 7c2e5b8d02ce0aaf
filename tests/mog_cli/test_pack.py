"""`mog pack`: the canonical archive, whole or not at all, and never in the package's own way."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from mog_package import open_archive, validate
from tests.mog_cli.conftest import mog_command, mog_environment
from tests.mog_package import packages

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
NAME = "acme-pdf-tools-1.0.0.zip"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valid package, and the folder around it as the current one."""
    monkeypatch.chdir(tmp_path)
    return packages.write(tmp_path / "pdf", packages.files())


def test_the_archive_is_named_for_the_package_and_holds_it(
    folder: Path, tmp_path: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("pack", "pdf")
    assert exit_code == 0
    archive = tmp_path / NAME
    data = document["data"]
    assert data["path"] == str(archive)
    assert data["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert data["archiveBytes"] == archive.stat().st_size
    assert data["isWritten"] is True
    with archive.open("rb") as stream:
        assert validate(open_archive(stream)).manifest.name == "acme/pdf-tools"
    assert os.listdir(tmp_path).count(NAME) == 1
    assert len(os.listdir(tmp_path)) == 2


def test_people_are_told_path_size_and_digest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["pack", "pdf"]) == 0
    digest = hashlib.sha256(Path(NAME).read_bytes()).hexdigest()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Packed: acme/pdf-tools 1.0.0 (skill, 3 files")
    assert lines[1] == f"Path: {NAME}"
    assert lines[3] == f"SHA-256: {digest}"


@pytest.mark.parametrize("place", [".", "content"])
def test_within_the_package_the_archive_goes_beside_it(
    place: str, folder: Path, tmp_path: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / place)
    first = run_json("pack")[1]["data"]
    assert first["path"] == str(tmp_path / NAME)
    assert run_json("pack")[1]["data"]["sha256"] == first["sha256"]


def test_packing_twice_writes_the_same_bytes(folder: Path, run_json: RunJson) -> None:
    run_json("pack", "pdf")
    before = Path(NAME).read_bytes()
    assert run_json("pack", "pdf")[0] == 0
    assert Path(NAME).read_bytes() == before


def test_another_archive_of_that_name_is_replaced_only_by_force(
    folder: Path, run_json: RunJson
) -> None:
    Path(NAME).write_text("mine")
    exit_code, document, _ = run_json("pack", "pdf")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert Path(NAME).read_text() == "mine"
    assert run_json("pack", "pdf", "--force")[0] == 0
    assert Path(NAME).read_bytes().startswith(b"PK")


def test_a_dry_run_lists_the_files_and_writes_nothing(
    folder: Path, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["pack", "pdf", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "content/SKILL.md\n" in out
    assert not Path(NAME).exists()
    planned = run_json("pack", "pdf", "--dry-run")[1]["data"]
    assert planned["isWritten"] is False
    assert run_json("pack", "pdf")[1]["data"]["sha256"] == planned["sha256"]


def test_output_names_a_file_or_a_folder(folder: Path, tmp_path: Path, run_json: RunJson) -> None:
    (tmp_path / "out").mkdir()
    run_json("pack", "pdf", "--output", "out")
    run_json("pack", "pdf", "--output", "other.zip")
    assert (tmp_path / "out" / NAME).read_bytes() == (tmp_path / "other.zip").read_bytes()


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("pdf", "usage"),
        ("pdf/content/x.zip", "usage"),
        ("absent/x.zip", "write_failed"),
        ("/dev/null", "already_exists"),
        ("-", "usage"),
    ],
)
def test_some_places_are_refused(
    output: str, code: str, folder: Path, tmp_path: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("pack", "pdf", "--output", output)
    assert (exit_code, document["code"]) == (1, code)
    assert sorted(os.listdir(tmp_path)) == ["pdf"]
    assert sorted(os.listdir(folder)) == ["README.md", "content", "mog.yaml"]


def test_an_invalid_package_is_not_packed(folder: Path, tmp_path: Path, run_json: RunJson) -> None:
    (folder / "content" / "link.md").symlink_to("SKILL.md")
    exit_code, document, _ = run_json("pack", "pdf")
    assert (exit_code, document["code"]) == (1, "package_invalid")
    assert document["details"]["problems"][0]["rule"] == "link"
    assert os.listdir(tmp_path) == ["pdf"]


@pytest.mark.parametrize(("path", "code"), [("absent", "package_not_found"), (NAME, None)])
def test_only_a_folder_is_packed(
    path: str, code: str | None, folder: Path, run_json: RunJson
) -> None:
    run_json("pack", "pdf")
    exit_code, document, _ = run_json("pack", path)
    assert exit_code == 1
    assert document["code"] == (code or "package_not_found")


def test_a_full_disk_leaves_nothing(folder: Path, run_json: RunJson) -> None:
    if not Path("/dev/full").exists():
        pytest.fail("this test needs Linux's /dev/full")
    program_text = (
        "import resource, sys; from mog_cli import program\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.exit(program.run(['pack', 'pdf']))"
    )
    done = subprocess.run(
        [*mog_command()[:1], "-c", program_text],
        env=mog_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be written: File too large." in done.stderr
    assert os.listdir() == ["pdf"]


@pytest.mark.processes
def test_ctrl_c_half_way_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    for number in range(40):
        (folder / "content" / f"{number}.md").write_bytes(b"x" * 2_000_000)
    process = subprocess.Popen(
        mog_command("pack", "pdf"),
        env=mog_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    give_up_at = time.monotonic() + 30
    while not list(tmp_path.glob(".mog-*")):
        assert time.monotonic() < give_up_at
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert os.listdir(tmp_path) == ["pdf"]
