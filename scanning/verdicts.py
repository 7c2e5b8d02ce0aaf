"""What findings amount to."""

from collections.abc import Iterable
from enum import StrEnum

from scanning.rules.rule import Effect


class Verdict(StrEnum):
    """The outcome of a scan that came to its end."""

    PASSED = "passed"
    FLAGGED = "flagged"
    FAILED = "failed"


def verdict_of(effects: Iterable[Effect]) -> Verdict:
    """Return the gravest: one block fails, one review asks a person, notes change nothing."""
    found = set(effects)
    if Effect.BLOCK in found:
        return Verdict.FAILED
    return Verdict.FLAGGED if Effect.REVIEW in found else Verdict.PASSED
