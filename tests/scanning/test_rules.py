"""Every rule meets the texts it is for, leaves alone those it is not for, and names its source."""

import pytest

from scanning import ruleset
from scanning.rules import checks, packs
from scanning.rules.packs import PackedRule
from scanning.rules.rule import Rule
from tests.scanning import rulebooks
from tests.scanning.templates import filled

_PACKED = packs.load(ruleset.OPEN_RULES)


def _texts(kind: str) -> list[tuple[str, str, str]]:
    return [
        (each.rule.id, path_of(each, text), text)
        for each in _PACKED
        for text in getattr(each, kind)
    ]


def path_of(each: PackedRule, text: str) -> str:
    """Return a path that the rule looks at; a text that begins with `#!` is a script."""
    if each.pattern and each.pattern.endings:
        return f"content/a{each.pattern.endings[0]}"
    return "content/a.sh" if text.startswith("#!") else "content/a.md"


@pytest.mark.parametrize(("rule_id", "path", "text"), _texts("positive"))
def test_a_rule_meets_what_it_is_for(rule_id: str, path: str, text: str) -> None:
    assert rule_id in rulebooks.met(path, filled(text).encode())


@pytest.mark.parametrize(("rule_id", "path", "text"), _texts("negative"))
def test_a_rule_leaves_alone_what_it_is_not_for(rule_id: str, path: str, text: str) -> None:
    assert rule_id not in rulebooks.met(path, filled(text).encode())


@pytest.mark.parametrize(
    "check", [*checks.TEXT_CHECKS, *checks.FILE_CHECKS], ids=lambda check: check.__name__
)
def test_a_check_meets_exactly_what_it_is_for(check: checks.FileCheck) -> None:
    for rule_id, files in check.POSITIVE.items():
        for file in files:
            assert rule_id in rulebooks.met(file.path, file.data)
    for rule_id, files in check.NEGATIVE.items():
        for file in files:
            assert rule_id not in rulebooks.met(file.path, file.data)


@pytest.mark.parametrize("check", checks.PACKAGE_CHECKS, ids=lambda check: check.__name__)
def test_a_check_of_packages_meets_exactly_what_it_is_for(check: checks.PackageCheck) -> None:
    for rule_id, contents in check.POSITIVE.items():
        for files in contents:
            assert rule_id in rulebooks.met_by_package(files), files
    for rule_id, contents in check.NEGATIVE.items():
        for files in contents:
            assert rule_id not in rulebooks.met_by_package(files), files


@pytest.mark.parametrize(
    "check",
    [*checks.TEXT_CHECKS, *checks.FILE_CHECKS, *checks.PACKAGE_CHECKS],
    ids=lambda check: check.__name__,
)
def test_every_rule_of_a_check_has_samples_of_both_kinds(
    check: checks.FileCheck | checks.PackageCheck,
) -> None:
    ids = {rule.id for rule in check.RULES}
    assert set(check.POSITIVE) == set(check.NEGATIVE) == ids


@pytest.mark.parametrize("each", _PACKED, ids=lambda each: each.rule.id)
def test_a_rule_has_samples_of_both_kinds(each: PackedRule) -> None:
    assert each.positive
    assert each.negative


@pytest.mark.parametrize(
    "rule", [*(each.rule for each in _PACKED), *checks.RULES], ids=lambda rule: rule.id
)
def test_a_rule_names_its_source_and_speaks_to_the_seller(rule: Rule) -> None:
    assert rule.source.startswith(("https://", "docs/"))
    assert rule.advice.endswith((".", "?"))
    assert len(rule.advice) <= 400


def test_a_rule_file_is_named_for_its_rule() -> None:
    names = {
        f"{file.parent.name.replace('_', '-')}/{file.stem}"
        for file in ruleset.OPEN_RULES.rglob("*.yaml")
    }
    assert names == {each.rule.id for each in _PACKED}
