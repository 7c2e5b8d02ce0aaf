"""Findings to verdict."""

import pytest

from scanning.rules.rule import Effect
from scanning.verdicts import Verdict, verdict_of

_B, _R, _N = Effect.BLOCK, Effect.REVIEW, Effect.NOTE


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ((), Verdict.PASSED),
        ((_N,), Verdict.PASSED),
        ((_N, _N), Verdict.PASSED),
        ((_R,), Verdict.FLAGGED),
        ((_N, _R), Verdict.FLAGGED),
        ((_B,), Verdict.FAILED),
        ((_N, _B), Verdict.FAILED),
        ((_R, _B), Verdict.FAILED),
        ((_B, _R, _N), Verdict.FAILED),
    ],
)
def test_the_gravest_effect_decides(effects: tuple[Effect, ...], verdict: Verdict) -> None:
    assert verdict_of(effects) is verdict
