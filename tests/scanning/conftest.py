"""Packages to scan, and what a scan must not leave behind."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.mog_package import packages
from tests.scanning import children

Upload = Callable[[Mapping[str, bytes] | bytes], Path]


@pytest.fixture(autouse=True)
def _leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever happens in a test, no process and no folder stays."""
    folder = tmp_path / "scans"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []
    assert children.of(os.getpid()) == []


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Write an upload: the bytes given, or a zip of the files given."""

    def write(contents: Mapping[str, bytes] | bytes) -> Path:
        path = tmp_path / "upload.zip"
        is_raw = isinstance(contents, bytes)
        path.write_bytes(contents if is_raw else packages.zipped(contents).getvalue())  # type: ignore[arg-type]  # told apart above
        return path

    return write
