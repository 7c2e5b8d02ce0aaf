"""What is in force, its version, and the operator's own part of it."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from scanning import engine, ruleset
from scanning.verdicts import Verdict
from tests.mog_package import packages
from tests.scanning.conftest import Upload
from tests.scanning.templates import filled

_PACK = """
- id: secret/acme-badge
  severity: critical
  confidence: high
  advice: Remove the badge.
  pattern: 'acme-badge-[0-9]{6}'
  markers: [acme-badge]
"""

Pack = Callable[[str], str]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Write a pack; return its folder."""

    def write(text: str) -> str:
        folder = tmp_path / "packs"
        folder.mkdir(exist_ok=True)
        (folder / "own.yaml").write_text(text, encoding="utf-8")
        ruleset.load.cache_clear()
        return str(folder)

    return write


def test_the_version_stays_while_nothing_changes() -> None:
    version = ruleset.load("").version
    ruleset.load.cache_clear()
    assert ruleset.load("").version == version
    assert "secret/github-token" in ruleset.load("").rules


@pytest.mark.parametrize("changed", ["scanning/child/look.py", "scanning/rules/new.yaml"])
def test_code_that_is_deployed_is_seen(changed: str, tmp_path: Path) -> None:
    for name in ("mog_package", "scanning"):
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name)
    assert ruleset.digest_of_sources(tmp_path) == ruleset.digest_of_sources()
    with (tmp_path / changed).open("a") as file:
        file.write("# anew\n")
    assert ruleset.digest_of_sources(tmp_path) != ruleset.digest_of_sources()


def test_a_pack_changes_the_version(pack: Pack) -> None:
    first = ruleset.load(pack(_PACK)).version
    second = ruleset.load(pack(_PACK.replace("{6}", "{7}"))).version
    assert len({ruleset.load("").version, first, second}) == 3


@pytest.mark.django_db
@pytest.mark.processes
def test_a_pack_judges_and_is_not_told(
    pack: Pack, upload: Upload, settings: Settings, now: datetime
) -> None:
    path = upload(packages.complete() | {"content/a.md": b"acme-badge-482915\n"})
    with engine.examine(path, now=now) as before:
        assert before.verdict is Verdict.PASSED
    settings.SCAN_RULES_DIR = pack(_PACK)
    with engine.examine(path, now=now) as after:
        assert after.verdict is Verdict.FAILED
        assert [finding.advice for finding in after.findings] == ["Remove the badge."]
        assert after.report != before.report


@pytest.mark.django_db
@pytest.mark.processes
def test_a_condition_of_a_pack_judges(
    pack: Pack, upload: Upload, settings: Settings, now: datetime
) -> None:
    body = 'strings: $a = /acme +badge/ condition: $a and path endswith ".md"'
    text = _PACK.split("  pattern")[0] + f"  yara: '{body}'\n"
    settings.SCAN_RULES_DIR = pack(text)
    path = upload(packages.complete() | {"content/a.md": b"an **Acme**\n> Badge\n"})
    with engine.examine(path, now=now) as after:
        assert [(each.rule, each.line) for each in after.findings] == [("secret/acme-badge", 1)]


@pytest.mark.django_db
@pytest.mark.processes
@pytest.mark.parametrize(
    ("setting", "effects"),
    [("SCAN_RULES_WATCHING", ["note"]), ("SCAN_RULES_DISABLED", [])],
)
def test_an_operator_switches_rules_off(
    upload: Upload, settings: Settings, now: datetime, setting: str, effects: list[str]
) -> None:
    setattr(settings, setting, ["secret/rubygems-key"])
    secret = filled("rubygems_{hex*48}").encode()
    with engine.examine(upload(packages.complete() | {"content/a.md": secret}), now=now) as result:
        assert [each.effect for each in result.findings] == effects
        assert result.verdict is Verdict.PASSED


def test_a_rule_that_is_not_there_cannot_be_switched_off() -> None:
    with pytest.raises(ImproperlyConfigured, match="secret/of-nobody"):
        ruleset.load("", disabled=frozenset({"secret/of-nobody"}))


@pytest.mark.parametrize(
    "text",
    [
        "not a list",
        "[[]]",
        "- id: secret/x",
        _PACK + "  colour: red\n",
        _PACK.replace("{6}", "(?=1)"),
        _PACK.replace("{6}", "("),
        _PACK.replace("severity: critical", "severity: fatal"),
        _PACK.replace("severity: critical", "severity: [high]"),
        _PACK.replace("confidence: high", "confidence: certain"),
        _PACK.replace("confidence: high", "confidence: high\n  enforced: sometimes"),
        _PACK.replace("markers: [acme-badge]", "markers: acme-badge"),
        _PACK.replace("markers: [acme-badge]", "check: of-nobody"),
        _PACK.replace("markers: [acme-badge]", "yara: 'condition: true'"),
        _PACK.replace(
            "pattern: 'acme-badge-[0-9]{6}'\n  markers: [acme-badge]", "yara: 'nonsense'"
        ),
        _PACK.replace("id: secret/acme-badge", "id: acme-badge"),
        _PACK.replace("id: secret/acme-badge", "id: secret/Acme_Badge"),
        _PACK.replace("id: secret/acme-badge", "id: secret/github-token"),
        _PACK + _PACK,
        "- !!python/object/apply:os.getcwd []",
        "\x00",
    ],
)
def test_a_broken_pack_refuses_to_start(pack: Pack, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SCAN_RULES_DIR"):
        ruleset.load(pack(text))


def test_a_folder_that_is_not_there_refuses_to_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SCAN_RULES_DIR"):
        ruleset.load(str(tmp_path / "nowhere"))
