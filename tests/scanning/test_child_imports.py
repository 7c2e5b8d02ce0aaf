"""Judging imports nothing: behind the layers nothing could be, and a child would crash."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scanning import engine, ruleset, sandbox
from scanning.rules import checks, packs
from scanning.verdicts import Verdict
from tests.mog_package import packages
from tests.mog_package.hostile_archives import SAMPLES
from tests.scanning import escapes, importing, test_adversarial, test_rules
from tests.scanning.conftest import Upload
from tests.scanning.templates import filled

pytestmark = pytest.mark.processes

_LIMITS = sandbox.Limits(wall_clock_seconds=120, cpu_seconds=120)
_FOLDER = Path(__file__).parent / "samples"
# Ways to write `system` that are made readable while judging.
_NAMES = {
    "rot13": 'rot13("flfgrz")',
    "base64": 'base64.b64decode("c3lzdGVt")',
    "hexadecimal": 'bytes.fromhex("73797374656d").decode()',
    "turned": '"metsys"[::-1]',
}
_PUT_TOGETHER = "code/name-put-together"


def test_no_sample_makes_a_child_import_anything(tmp_path: Path) -> None:
    files = [*_sample_files(), *_files_of_checks(), *_files_of_rules(), *_odd_files()]
    contents = {path: base64.b64encode(data).decode() for path, data in files}
    inputs = _archives() | {importing.FILES: json.dumps(contents).encode()}
    for name, data in inputs.items():
        (tmp_path / name).write_bytes(data)
    job = sandbox.Job(
        importing.__name__,
        inputs={name: tmp_path / name for name in inputs},
        preparation=replace(
            ruleset.preparation(ruleset.load("")), key="importing", program=importing.__name__
        ),
    )
    answer = json.loads(sandbox.run(job, limits=_LIMITS, is_strict=True).answer)
    assert answer["imported"] == []
    met = {rule for rules in answer["met"].values() for rule in rules}
    assert {each.rule.id for each in packs.load(ruleset.OPEN_RULES)} <= met
    for name in _NAMES:
        assert _PUT_TOGETHER in answer["met"][f"{importing.ARCHIVE}-{name}"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", _NAMES)
def test_a_hidden_name_is_held_by_its_rule(name: str, upload: Upload, now: datetime) -> None:
    with engine.examine(upload(_program(name)), now=now) as result:
        assert result.verdict == Verdict.FLAGGED
        assert _PUT_TOGETHER in {finding.rule for finding in result.findings}


def test_a_child_knows_every_codec() -> None:
    job = sandbox.Job(escapes.__name__, {"act": "know-codecs"})
    answer = json.loads(sandbox.run(job, limits=_LIMITS, is_strict=True).answer)
    assert answer == {"result": []}


def _sample_files() -> Iterator[tuple[str, bytes]]:
    for file in sorted(path for path in _FOLDER.rglob("*") if path.is_file()):
        yield f"content/{file.relative_to(_FOLDER).as_posix()}", file.read_bytes()


def _files_of_checks() -> Iterator[tuple[str, bytes]]:
    for number, check in enumerate((*checks.TEXT_CHECKS, *checks.FILE_CHECKS)):
        samples = [*check.POSITIVE.values(), *check.NEGATIVE.values()]
        for place, file in enumerate(file for each in samples for file in each):
            yield f"{number}/{place}/{file.path}", file.data


def _files_of_rules() -> Iterator[tuple[str, bytes]]:
    for each in packs.load(ruleset.OPEN_RULES):
        for number, sample in enumerate((*each.positive, *each.negative)):
            path = f"content/{each.rule.id}/{number}/{test_rules.path_of(each, sample)}"
            yield path, filled(sample).encode()


def _odd_files() -> Iterator[tuple[str, bytes]]:
    for what, files in test_adversarial.ODD.items():
        for path, data in files.items():
            yield f"{what}/{path}", data if path.endswith(".png") else _cut(data)


def _cut(text: bytes) -> bytes:
    """Cut a long text where no character is cut in two."""
    return text[:50_000].decode(errors="ignore").encode()


def _archives() -> dict[str, bytes]:
    contents: list[Mapping[str, bytes]] = [packages.complete()]
    for check in checks.PACKAGE_CHECKS:
        for samples in (*check.POSITIVE.values(), *check.NEGATIVE.values()):
            contents += [_with(each) for each in samples]
    contents += [_with(each) for each in test_adversarial.BROKEN.values()]
    data = [packages.zipped(each).getvalue() for each in contents]
    data += [make() for make in SAMPLES.values()]
    named = {f"{importing.ARCHIVE}-{number}": each for number, each in enumerate(data)}
    return named | {f"{importing.ARCHIVE}-{name}": _program(name) for name in _NAMES}


def _with(change: Mapping[str, bytes]) -> dict[str, bytes]:
    return packages.files(more="executable: true\n") | dict(change)


def _program(name: str) -> bytes:
    code = f'import base64, os\nfrom codec import rot13\ngetattr(os, {_NAMES[name]})("id")\n'
    return packages.zipped(_with({"content/scripts/a.py": code.encode()})).getvalue()
