"""The quality of a package is 100 points, less what its findings take off, each with its reason."""

from dataclasses import dataclass

import pytest

from scanning import quality, ruleset
from scanning.quality import BEST
from scanning.rules.rule import Category
from scanning.verdicts import Effect, effect_of


@dataclass(frozen=True)
class Met:
    """A finding, as far as the quality goes."""

    rule: str
    is_enforced: bool = True


_TABLE = {
    (): (100, []),
    ("quality/no-keywords",): (98, [(-2, "There are no keywords.")]),
    ("quality/thin-readme", "quality/no-keywords"): (
        88,
        [(-10, "The README says hardly anything."), (-2, "There are no keywords.")],
    ),
    ("quality/broken-link",) * 2: (
        90,
        [(-10, "Links lead to files that are not in the package (2 times).")],
    ),
    # However many there are, a sort of thing takes off so much and no more.
    ("quality/broken-link",) * 9: (
        80,
        [(-20, "Links lead to files that are not in the package (9 times).")],
    ),
    # What is said of the whole is said once.
    ("quality/thin-readme",) * 3: (90, [(-10, "The README says hardly anything.")]),
    # Danger is a matter of the verdict.
    ("code/shell-for-strangers", "secret/github-token"): (100, []),
}


def told(rules: tuple[str, ...]) -> tuple[int, list[tuple[int, str]]]:
    found = quality.of(map(Met, rules))
    return found["score"], [(each["points"], each["says"]) for each in found["reasons"]]


@pytest.mark.parametrize(("rules", "expected"), _TABLE.items())
def test_a_score_is_what_its_reasons_leave(
    rules: tuple[str, ...], expected: tuple[int, list[tuple[int, str]]]
) -> None:
    assert told(rules) == expected


def test_reasons_come_gravest_first_whatever_the_order_of_findings() -> None:
    rules = ("quality/no-keywords", "quality/thin-skill", "quality/thin-readme")
    assert told(rules) == told(tuple(reversed(rules)))
    assert [points for points, _ in told(rules)[1]] == [-15, -10, -2]


def test_what_sellers_are_not_told_takes_nothing_off() -> None:
    assert quality.of([Met("quality/no-keywords", is_enforced=False)])["score"] == BEST


def test_no_score_is_below_zero() -> None:
    everything = [Met(rule) for rule in ruleset.load("").rules for _ in range(20)]
    found = quality.of(everything)
    assert found["score"] == 0
    assert sum(each["points"] for each in found["reasons"]) < -BEST


def test_every_rule_of_the_category_takes_something_off_or_asks_a_person() -> None:
    rules = ruleset.load("").rules
    notes = [rule for rule in rules.values() if effect_of(rule) is Effect.NOTE]
    of_quality = [rule.id for rule in notes if rule.category is Category.QUALITY]
    assert of_quality
    assert [rule for rule in of_quality if told((rule,))[0] == BEST] == []
