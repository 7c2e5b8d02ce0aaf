"""Real skills, as their authors published them, raise no false alarm.

The corpus stands beside the checkout where this project is developed, not in it.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mog_package import read_skill
from scanning import engine
from scanning.verdicts import Effect, Verdict
from tests.mog_package import packages
from tests.mog_package.test_corpus import CORPUS
from tests.scanning import rulebooks
from tests.scanning.conftest import Upload

pytestmark = pytest.mark.corpus

# Every tenth goes through the children; rules alone are tried on all.
_SKILLS = sorted(file.parent for file in CORPUS.glob("*/SKILL.md"))


def _effects(skill: Path) -> Iterator[Effect]:
    for file in skill.rglob("*"):
        if file.is_file():
            for hit in rulebooks.hits(file.name, file.read_bytes()):
                yield rulebooks.of_all().effect(hit.rule_id)


def test_hardly_any_is_stopped_or_asked_about() -> None:
    effects = {skill.name: set(_effects(skill)) for skill in _SKILLS}
    blocked = [name for name, found in effects.items() if Effect.BLOCK in found]
    noticed = [name for name, found in effects.items() if Effect.REVIEW in found]
    assert len(_SKILLS) > 90
    assert len(blocked) <= len(_SKILLS) * 0.01, blocked
    assert len(noticed) <= len(_SKILLS) * 0.03, noticed


@pytest.mark.django_db
@pytest.mark.processes
@pytest.mark.parametrize("skill", _SKILLS[::10], ids=lambda folder: folder.name)
def test_a_real_skill_passes(skill: Path, upload: Upload, now: datetime) -> None:
    files = {
        f"content/{file.relative_to(skill).as_posix()}": file.read_bytes()
        for file in skill.rglob("*")
        if file.is_file()
    }
    name = read_skill(files["content/SKILL.md"]).name
    manifest = packages.manifest().decode().replace("pdf-tools", name).encode()
    contents = files | {"mog.yaml": manifest, "README.md": b"# A skill\n"}
    with engine.examine(upload(contents), now=now) as result:
        assert result.verdict is Verdict.PASSED
