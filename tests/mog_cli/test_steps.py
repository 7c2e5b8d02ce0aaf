"""Steps of a change: what taking back spares, and what it can no longer do."""

from pathlib import Path

import pytest

from mog_cli import steps
from mog_cli.errors import JournalRefused
from mog_cli.project import Project
from mog_cli.steps import FileStep, FolderStep, Workspace
from mog_package import sha256_of_bytes


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    """A workspace in an empty project."""
    made = Workspace(Project(tmp_path.resolve()), "1")
    made.folder.mkdir(parents=True)
    return made


def _file_step(work: Workspace, old: bytes, new: bytes) -> FileStep:
    (work.project.root / "a.json").write_bytes(old)
    work.old(0).write_bytes(old)
    work.new(0).write_bytes(new)
    return FileStep("a.json", 0, sha256_of_bytes(old), sha256_of_bytes(new), 0o644)


def _no_warning(text: str) -> None:
    raise AssertionError(text)


def test_a_file_is_replaced_and_comes_back(work: Workspace) -> None:
    step = _file_step(work, b"old", b"new")
    step.apply(work)
    assert (work.project.root / "a.json").read_bytes() == b"new"
    step.undo(work, _no_warning)
    step.undo(work, _no_warning)
    assert (work.project.root / "a.json").read_bytes() == b"old"


def test_a_file_that_somebody_changed_since_stays(work: Workspace) -> None:
    step, said = _file_step(work, b"old", b"new"), list[str]()
    step.apply(work)
    (work.project.root / "a.json").write_bytes(b"mine")
    step.undo(work, said.append)
    assert (work.project.root / "a.json").read_bytes() == b"mine"
    assert "was changed by somebody else" in said[0]


def test_a_damaged_copy_is_not_put_back(work: Workspace) -> None:
    step = _file_step(work, b"old", b"new")
    step.apply(work)
    work.old(0).write_bytes(b"damaged")
    with pytest.raises(JournalRefused):
        step.undo(work, _no_warning)
    assert (work.project.root / "a.json").read_bytes() == b"new"


def test_what_a_half_written_file_left_behind_goes(work: Workspace) -> None:
    step = _file_step(work, b"old", b"new")
    (work.project.root / ".mog-1-half").write_bytes(b"ne")
    step.undo(work, _no_warning)
    assert not (work.project.root / ".mog-1-half").exists()


def test_taking_a_new_folder_back_spares_what_came_in_its_place(work: Workspace) -> None:
    step = FolderStep("a/b", 0, had_old=False, has_new=True, made=("a",))
    work.new(0).mkdir()
    step.apply(work)
    step.undo(work, _no_warning)
    assert not (work.project.root / "a").exists()
    (work.project.root / "a" / "b").mkdir(parents=True)
    step.undo(work, _no_warning)
    assert (work.project.root / "a" / "b").is_dir()


def test_a_step_survives_the_journal() -> None:
    for step in (
        FolderStep("a", 0, had_old=True, has_new=False, made=("x", "y")),
        FileStep("b", 1, None, "0" * 64, 0o600),
    ):
        assert steps.from_json(steps.to_json(step)) == step
