"""Whatever people, workers and the provider do, in whatever order, money is never wrong.

`RUNS=2000` runs it oftener, `SHRINK=1` makes a run that fails as small as can be.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import stripe
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import Settings

from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.machine import acts, cast
from tests.payments.machine.money import MoneyMachine

pytestmark = pytest.mark.django_db

_RUNS, _LONG_RUNS, _STEPS = int(os.environ.get("RUNS", "300")), 1_000, 20
# To make a failing run smaller takes minutes, which somebody has who looks into it.
_PHASES = [Phase.generate, Phase.shrink] if os.environ.get("SHRINK") else [Phase.generate]


@pytest.fixture
def quick_sandbox(
    sandbox: PaymentSandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PaymentSandbox]:
    """A sandbox whose faults cost no time: the library waits no half second before it repeats."""
    settings.SITE_URL = sandbox.site
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)
    # What goes wrong on purpose would be most of the output.
    logging.disable(logging.CRITICAL)
    yield sandbox
    logging.disable(logging.NOTSET)


def _settings(runs: int) -> hypothesis_settings:
    return hypothesis_settings(
        max_examples=runs,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        phases=_PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def run(sandbox: PaymentSandbox, *, runs: int) -> str:
    """Run the machine so often; return how often it did, how fast, and what it was about."""

    class Machine(MoneyMachine):
        pass

    Machine.sandbox, Machine.seen = sandbox, Counter()
    Machine.cast = cast.made()
    acts.open_the_shop(Machine.cast, sandbox)
    begun = time.monotonic()
    try:
        run_state_machine_as_test(Machine, settings=_settings(runs))
    except BaseException as error:
        error.add_note(f"In run {Machine.runs}.")
        raise
    assert Machine.runs >= runs
    rate = Machine.runs / (time.monotonic() - begun)
    seen = ", ".join(f"{count} {name}" for name, count in sorted(Machine.seen.items()))
    return f"{Machine.runs} runs of {Machine.steps} steps, {rate:.1f} a second: {seen}"


def test_money_is_right_in_some_hundred_runs(
    quick_sandbox: PaymentSandbox, record_property: Callable[[str, object], None]
) -> None:
    record_property("said", run(quick_sandbox, runs=_RUNS))


@pytest.mark.long
@pytest.mark.parametrize("part", [1, 2])
def test_money_is_right_in_thousands_of_runs(
    quick_sandbox: PaymentSandbox, record_property: Callable[[str, object], None], part: int
) -> None:
    """Two parts, for two cores."""
    record_property("said", f"part {part}: {run(quick_sandbox, runs=_LONG_RUNS)}")
