"""Every rule meets the texts it is for, leaves alone those it is not for, and names its source."""

import re
from collections.abc import Iterator

import pytest
import yara_x

from scanning import ruleset
from scanning.child.normal_text import NormalText
from scanning.rules import checks, packs
from scanning.rules.packs import PackedRule
from scanning.rules.rule import Rule
from tests.scanning import rulebooks
from tests.scanning.templates import filled

_PACKED = packs.load(ruleset.OPEN_RULES)
_CLASS = re.compile(r"(?<!\\)\[(?:[^\]\[\\]|\\.)+\]")


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


# The engine loses some matches of two counted jumps side by side, such as `[^ ]{4,120}.{0,200}`
# before a rare word, which it looks for backwards (yara-x 1.23).
@pytest.mark.parametrize(
    "each", [each for each in _PACKED if each.yara], ids=lambda each: each.rule.id
)
def test_each_string_of_a_condition_is_found_where_its_expression_says(each: PackedRule) -> None:
    texts = [NormalText(filled(text)).data for text in (*each.positive, *each.negative)]
    for name, expression in _expressions(each):
        compiled = re.compile(expression.encode())
        scanner = yara_x.Scanner(
            yara_x.compile(f"rule one {{ strings: $one = /{expression}/ condition: $one }}")
        )
        for text in texts:
            is_found = bool(scanner.scan(text).matching_rules)
            assert is_found == bool(compiled.search(text)), (name, text)


# Four characters that differ in two bits at their ends are taken for others: `["', ]` for `[$(, ]`
# (yara-x 1.23).
def test_each_class_of_characters_has_the_ones_it_names() -> None:
    bodies = [body for each in _PACKED if each.yara for _, body in _expressions(each)]
    classes = {found for body in bodies for found in _CLASS.findall(body) if found.isascii()}
    every = b" ".join(b"qxz%czxq" % code for code in range(256))
    assert len(classes) > 100
    for each in sorted(classes):
        source = f"rule one {{ strings: $one = /qxz{each}zxq/ condition: $one }}"
        matches = yara_x.Scanner(yara_x.compile(source)).scan(every).matching_rules[0].patterns[0]
        found = {every[match.offset + 3] for match in matches.matches}
        assert found == {code for code in range(256) if re.match(each.encode(), b"%c" % code)}, each


def _expressions(each: PackedRule) -> Iterator[tuple[str, str]]:
    body = each.yara.body if each.yara else ""
    for found in re.finditer(r"^\s*(\$\w+) = /(.+)/(?: private)?\s*$", body, re.M):
        yield found[1], found[2]


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
