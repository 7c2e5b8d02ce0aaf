"""A rule that is a pattern of RE2, over the bytes of a file and of what is hidden in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanning.rules.rule import Category, Confidence, Rule, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule:
    """Group 1 of the pattern, if any, is what was met; otherwise all of it is.

    markers: in lower case; a file without any of them cannot match, and none means any file may.
    predicate: the name of a last look at what was met (`predicates.py`); may be empty.
    keeps_placeholders: also meet what documentation writes where the real thing would stand.
    endings: of the names of files; none means every file.
    """

    rule: Rule
    pattern: str
    markers: tuple[str, ...] = ()
    predicate: str = ""
    keeps_placeholders: bool = False
    endings: tuple[str, ...] = ()


def to_plain(rule: PatternRule) -> dict[str, Any]:
    """Return what a child needs of it, as values that JSON can carry."""
    return {
        "id": rule.rule.id,
        "pattern": rule.pattern,
        "markers": list(rule.markers),
        "predicate": rule.predicate,
        "keepsPlaceholders": rule.keeps_placeholders,
        "endings": list(rule.endings),
    }


def from_plain(plain: Mapping[str, Any]) -> PatternRule:
    """Return what `to_plain` was given, as far as a child knows it."""
    category = Category(plain["id"].partition("/")[0])
    return PatternRule(
        # Grades and advice are the parent's: a child only says what it met.
        rule=Rule(
            id=plain["id"],
            category=category,
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            advice="",
            source="",
        ),
        pattern=plain["pattern"],
        markers=tuple(plain["markers"]),
        predicate=plain["predicate"],
        keeps_placeholders=plain["keepsPlaceholders"],
        endings=tuple(plain["endings"]),
    )
