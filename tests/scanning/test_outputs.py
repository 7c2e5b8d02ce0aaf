"""What the parent takes from a work folder, however the child has arranged it."""

import os
from pathlib import Path

import pytest

from scanning import outputs
from scanning.errors import Reason, ScanInconclusive


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that the child would like the parent to take for an answer."""
    path = tmp_path / "secret"
    path.write_bytes(b"{}")
    return path


def refusal(path: Path) -> Reason:
    with pytest.raises(ScanInconclusive) as raised:
        outputs.read(path, at_most=10)
    return raised.value.reason


def test_a_plain_file_is_read(secret: Path) -> None:
    assert outputs.read(secret, at_most=2) == b"{}"


def test_a_symbolic_link_is_refused(tmp_path: Path, secret: Path) -> None:
    (tmp_path / "answer.json").symlink_to(secret)
    assert refusal(tmp_path / "answer.json") is Reason.MALFORMED


def test_a_hard_link_is_refused(tmp_path: Path, secret: Path) -> None:
    (tmp_path / "answer.json").hardlink_to(secret)
    assert refusal(tmp_path / "answer.json") is Reason.MALFORMED


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answer.json")
    assert refusal(tmp_path / "answer.json") is Reason.MALFORMED


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) is Reason.MALFORMED


def test_a_missing_answer_is_none(tmp_path: Path) -> None:
    assert refusal(tmp_path / "answer.json") is Reason.MALFORMED


def test_one_byte_too_many_is_refused(secret: Path) -> None:
    secret.write_bytes(b"x" * 11)
    assert refusal(secret) is Reason.MALFORMED


def test_nothing_is_overwritten(tmp_path: Path, secret: Path) -> None:
    target = tmp_path / "taken"
    outputs.take(secret, target, at_most=10)
    assert target.read_bytes() == b"{}"
    with pytest.raises(FileExistsError):
        outputs.take(secret, target, at_most=10)
