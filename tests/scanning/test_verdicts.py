"""Findings to verdict: the whole table, and how findings add up."""

from dataclasses import dataclass

import pytest

from scanning.rules.rule import FORM, Category, Confidence, Severity
from scanning.verdicts import Effect, Verdict, effect_of, verdict_of

_B, _R, _S, _N = Effect.BLOCK, Effect.REVIEW, Effect.SUSPICION, Effect.NOTE
_TABLE = [
    (Severity.LOW, Confidence.LOW, _N),
    (Severity.LOW, Confidence.MEDIUM, _N),
    (Severity.LOW, Confidence.HIGH, _N),
    (Severity.MEDIUM, Confidence.LOW, _N),
    (Severity.MEDIUM, Confidence.MEDIUM, _R),
    (Severity.MEDIUM, Confidence.HIGH, _R),
    (Severity.HIGH, Confidence.LOW, _S),
    (Severity.HIGH, Confidence.MEDIUM, _R),
    (Severity.HIGH, Confidence.HIGH, _R),
    (Severity.CRITICAL, Confidence.LOW, _S),
    (Severity.CRITICAL, Confidence.MEDIUM, _R),
    (Severity.CRITICAL, Confidence.HIGH, _B),
]


@dataclass(frozen=True)
class Grades:
    """The grades of a rule."""

    category: str
    severity: str
    confidence: str
    is_enforced: bool = True


@dataclass(frozen=True)
class Met:
    """A finding."""

    effect: str
    rule: str = "link/any"


def test_the_table_is_whole() -> None:
    assert len({(severity, confidence) for severity, confidence, _ in _TABLE}) == 12


@pytest.mark.parametrize(("severity", "confidence", "effect"), _TABLE)
@pytest.mark.parametrize("category", sorted(set(Category) - FORM))
def test_grades_decide_what_a_finding_does(
    category: str, severity: str, confidence: str, effect: Effect
) -> None:
    assert effect_of(Grades(category, severity, confidence)) is effect


@pytest.mark.parametrize(("severity", "confidence", "effect"), _TABLE)
@pytest.mark.parametrize("category", sorted(FORM))
def test_what_surely_breaks_the_form_blocks(
    category: str, severity: str, confidence: str, effect: Effect
) -> None:
    is_sure = (severity, confidence) == (Severity.HIGH, Confidence.HIGH)
    assert effect_of(Grades(category, severity, confidence)) is (_B if is_sure else effect)


@pytest.mark.parametrize(("severity", "confidence", "_effect"), _TABLE)
@pytest.mark.parametrize("category", list(Category))
def test_a_rule_that_only_watches_decides_nothing(
    category: str, severity: str, confidence: str, _effect: Effect
) -> None:
    assert effect_of(Grades(category, severity, confidence, is_enforced=False)) is _N


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ((), Verdict.PASSED),
        ((_N,), Verdict.PASSED),
        ((_N, _N), Verdict.PASSED),
        ((_S,), Verdict.PASSED),
        ((_S, _N), Verdict.PASSED),
        ((_R,), Verdict.FLAGGED),
        ((_N, _R), Verdict.FLAGGED),
        ((_B,), Verdict.FAILED),
        ((_N, _B), Verdict.FAILED),
        ((_R, _B), Verdict.FAILED),
        ((_B, _R, _S, _N), Verdict.FAILED),
    ],
)
def test_the_gravest_effect_decides(effects: tuple[Effect, ...], verdict: Verdict) -> None:
    assert verdict_of(Met(str(effect)) for effect in effects) is verdict


def test_suspicions_of_two_rules_ask_a_person() -> None:
    assert verdict_of([Met(_S, "link/a"), Met(_S, "link/b")]) is Verdict.FLAGGED


def test_one_suspicion_met_often_is_still_one() -> None:
    assert verdict_of([Met(_S, "link/a")] * 9) is Verdict.PASSED
