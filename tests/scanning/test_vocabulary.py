"""Rules say which kinds of words stand together; the words stand in one place."""

from pathlib import Path

import pytest

from scanning import ruleset
from scanning.rules import packs, vocabulary
from scanning.rules.packs import BrokenPack

_RULE = """
id: social-engineering/acme
severity: high
confidence: low
advice: Leave it.
yara: |
  strings:
    $a = /\\b{{%s}} knows/
  condition:
    $a
"""


def test_a_named_class_of_words_is_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(_RULE % "person")
    [packed] = packs.load(tmp_path)
    assert packed.yara is not None
    assert "(users?|owners?" in packed.yara.body
    assert "{{" not in packed.yara.body


def test_a_class_inside_a_class_is_spelled_out() -> None:
    assert "{{" not in vocabulary.spelled_out("{{private}}")


def test_a_rule_with_an_unknown_class_of_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(_RULE % "wizard")
    with pytest.raises(BrokenPack, match="wizard"):
        packs.load(tmp_path)


@pytest.mark.parametrize("name", vocabulary.WORDS)
def test_every_class_of_words_is_used(name: str) -> None:
    sources = [file.read_text() for file in ruleset.OPEN_RULES.rglob("*.yaml")]
    assert any(f"{{{{{name}}}}}" in text for text in (*sources, *vocabulary.WORDS.values()))
