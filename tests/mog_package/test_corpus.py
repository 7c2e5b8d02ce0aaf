"""Real skills, as their authors published them, become packages.

The corpus stands beside the checkout where this project is developed, not in it.
"""

import io
from pathlib import Path

import pytest

from mog_package import (
    CANONICAL,
    open_archive,
    open_directory,
    read_skill,
    validate,
    write_canonical,
)
from tests.mog_package import packages

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.corpus


def skills() -> list[Path]:
    return sorted(file.parent for file in CORPUS.glob("*/SKILL.md"))


def as_package(folder: Path, skill: Path) -> Path:
    """Wrap a skill as `mog.yaml`, README and content/."""
    files = {
        f"content/{file.relative_to(skill).as_posix()}": file.read_bytes()
        for file in skill.rglob("*")
        if file.is_file()
    }
    read = read_skill(files["content/SKILL.md"])
    manifest = packages.manifest().decode().replace("pdf-tools", read.name)
    files |= {"mog.yaml": manifest.encode(), "README.md": f"# {read.name}\n".encode()}
    return packages.write(folder, files)


def test_the_corpus_is_the_whole_one() -> None:
    folders = [folder for folder in CORPUS.iterdir() if folder.is_dir()]
    assert len(skills()) == len(folders) > 90


@pytest.mark.parametrize("skill", skills(), ids=lambda folder: folder.name)
def test_a_real_skill_packs_validates_and_comes_back(skill: Path, tmp_path: Path) -> None:
    package = validate(open_directory(as_package(tmp_path, skill)))
    output = io.BytesIO()
    artifact = write_canonical(package, output)
    back = validate(open_archive(output, limits=CANONICAL))
    assert back.files == package.files
    assert write_canonical(back, io.BytesIO()) == artifact
    content = {file.relative_to(skill).as_posix() for file in skill.rglob("*") if file.is_file()}
    packed = {file.path for file in back.files}
    assert {
        path.removeprefix("content/") for path in packed if path.startswith("content/")
    } == content
