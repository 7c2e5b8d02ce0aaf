"""What findings amount to: the one table from category, severity and confidence to a verdict."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from scanning.rules.rule import FORM, Category, Confidence, Severity


class Effect(StrEnum):
    """What one finding does to the verdict."""

    BLOCK = "block"
    REVIEW = "review"
    # Says nothing alone; with another of its kind it asks a person.
    SUSPICION = "suspicion"
    NOTE = "note"


class Verdict(StrEnum):
    """The outcome of a scan that came to its end."""

    PASSED = "passed"
    FLAGGED = "flagged"
    FAILED = "failed"


class Graded(Protocol):
    """Whatever has the grades of a rule: rules themselves, and findings."""

    @property
    def category(self) -> str:
        """Return what it is about."""

    @property
    def severity(self) -> str:
        """Return how bad it would be."""

    @property
    def confidence(self) -> str:
        """Return how sure it is."""

    @property
    def is_enforced(self) -> bool:
        """Tell whether verdicts heed it."""


class Met(Protocol):
    """A finding, as far as the verdict goes."""

    @property
    def rule(self) -> str:
        """Return the id of its rule."""

    @property
    def effect(self) -> str:
        """Return what it does."""


_N, _S, _R, _B = Effect.NOTE, Effect.SUSPICION, Effect.REVIEW, Effect.BLOCK
# Confidence:               low medium high
_TABLE: dict[Severity, tuple[Effect, Effect, Effect]] = {
    Severity.LOW: (_N, _N, _N),
    Severity.MEDIUM: (_N, _R, _R),
    Severity.HIGH: (_S, _R, _R),
    Severity.CRITICAL: (_S, _R, _B),
}
_SUSPICIONS = 2
GRAVEST_FIRST = (_B, _R, _S, _N)


def effect_of(graded: Graded) -> Effect:
    """Return what one finding of a rule does; what only watches does nothing.

    The form of a package is no opinion: what surely breaks it, blocks.
    """
    severity, confidence = Severity(graded.severity), Confidence(graded.confidence)
    if not graded.is_enforced:
        return Effect.NOTE
    is_surely_grave = confidence is Confidence.HIGH and severity is Severity.HIGH
    if is_surely_grave and Category(graded.category) in FORM:
        return Effect.BLOCK
    return _TABLE[severity][list(Confidence).index(confidence)]


def verdict_of(findings: Iterable[Met]) -> Verdict:
    """Return what findings come to: one block fails, one review asks a person.

    So do suspicions of two rules: each alone is what honest packages show, too.
    """
    met = {(Effect(each.effect), each.rule) for each in findings}
    effects = {effect for effect, _ in met}
    suspicions = {rule for effect, rule in met if effect is Effect.SUSPICION}
    if Effect.BLOCK in effects:
        return Verdict.FAILED
    if Effect.REVIEW in effects or len(suspicions) >= _SUSPICIONS:
        return Verdict.FLAGGED
    return Verdict.PASSED
