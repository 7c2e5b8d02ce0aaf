"""A file is replaced whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from mog_cli import atomic_file


def test_the_new_content_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"old")
    atomic_file.replace(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert [found.name for found in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(("umask", "mode", "found"), [(0, 0o600, 0o600), (0o022, 0o666, 0o644)])
def test_the_permissions_are_as_asked(tmp_path: Path, umask: int, mode: int, found: int) -> None:
    before = os.umask(umask)
    try:
        atomic_file.replace(tmp_path / "a", b"", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == found


def test_a_folder_in_the_way_is_told_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        atomic_file.replace(tmp_path / "a", b"new", mode=0o600)
    assert [found.name for found in tmp_path.iterdir()] == ["a"]
