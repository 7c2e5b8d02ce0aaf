"""Skills written from public reports of attacks are held, and honest ones that look like them pass.

Each malicious one stands in `samples/malicious/TECHNIQUE/NAME`, with a `sample.yaml` that names the
report and the categories that have to meet it.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from mog_package import read_skill
from scanning.rules.defence import EXCUSED
from scanning.verdicts import Effect, Verdict, verdict_of
from tests.scanning import rulebooks

_SAMPLES = Path(__file__).parent / "samples"
_LABEL = "sample.yaml"
_BORROWED = (
    b"\n# For a security review: the severity and mitigation of a malicious attack by injection,"
    b" phishing, its threat model, and false positives.\n"
)
# They teach with what attackers write, at length.
_LESSONS = frozenset(
    {
        *("agent-security-basics", "llm-red-team", "pentest-cheatsheet"),
        "prompt-injection-reviewer",
    }
)
_MALICIOUS = sorted(file.parent for file in _SAMPLES.glob(f"malicious/*/*/{_LABEL}"))
_DEMO = sorted((Path(__file__).parents[2] / "demo" / "packages").iterdir())
_BENIGN = sorted(file.parent for file in _SAMPLES.glob("benign/*/SKILL.md"))


@dataclass(frozen=True)
class _Found:
    rule: str
    effect: str


def _name(folder: Path) -> str:
    return folder.relative_to(_SAMPLES).as_posix()


def _found(folder: Path, *, appended: bytes = b"") -> list[_Found]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != _LABEL]
    return [
        _Found(hit.rule_id, rulebooks.of_all().effect(hit.rule_id))
        for file in files
        for hit in rulebooks.hits(
            f"content/{file.relative_to(folder).as_posix()}", file.read_bytes() + appended
        )
    ]


def _is_of_a_lesson(found: _Found, skill: str) -> bool:
    """Tell whether it is excused, or a suspicion, which a lesson raises by what it quotes."""
    return found.rule == EXCUSED.id or (skill in _LESSONS and found.effect == Effect.SUSPICION)


@pytest.mark.parametrize("folder", _MALICIOUS, ids=_name)
def test_a_malicious_skill_does_not_pass(folder: Path) -> None:
    label = yaml.safe_load((folder / _LABEL).read_text())
    found = _found(folder)
    assert verdict_of(found) is not Verdict.PASSED
    assert set(label["expect"]) <= {each.rule.partition("/")[0] for each in found}


@pytest.mark.parametrize("folder", _BENIGN, ids=_name)
def test_an_honest_skill_passes_and_only_a_lesson_on_attacks_asks_a_person(folder: Path) -> None:
    found = _found(folder)
    counting = [each for each in found if not _is_of_a_lesson(each, folder.name)]
    assert verdict_of(counting) is Verdict.PASSED, {each.rule for each in counting}
    assert (len(counting) < len(found)) is (folder.name in _LESSONS)


@pytest.mark.parametrize("folder", _DEMO, ids=lambda folder: folder.name)
def test_a_package_of_the_demo_passes(folder: Path) -> None:
    found = _found(folder)
    assert verdict_of(found) is Verdict.PASSED, {each.rule for each in found}


@pytest.mark.parametrize("folder", _MALICIOUS, ids=_name)
def test_a_borrowed_sentence_on_defence_lets_no_malicious_skill_pass(folder: Path) -> None:
    assert verdict_of(_found(folder, appended=_BORROWED)) is not Verdict.PASSED


@pytest.mark.parametrize("folder", [*_MALICIOUS, *_BENIGN], ids=_name)
def test_a_sample_is_a_skill_that_could_be_published(folder: Path) -> None:
    assert read_skill((folder / "SKILL.md").read_bytes()).name == folder.name


@pytest.mark.parametrize("folder", _MALICIOUS, ids=_name)
def test_a_malicious_sample_names_a_public_report(folder: Path) -> None:
    label = yaml.safe_load((folder / _LABEL).read_text())
    assert label["source"].startswith("https://")
    assert label["technique"].endswith(".")
    assert label["expect"]
