"""Many callers at the same moment: real processes with threads in each, on the test's database."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.db import connections

from tests import databases
from tests.racer import Outcome, Race

_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 120

# By what is in their environments, for races at a payment sandbox and for others.
_starters: dict[frozenset[tuple[str, str]], "subprocess.Popen[str]"] = {}


def race(function: str, *arguments: str, processes: int, threads: int, turns: int = 1) -> list[str]:
    """Return what `processes * threads * turns` calls of `module:function` returned, in no order.

    The function takes the number of its call and the arguments, and returns text. Every caller
    stands ready, with a connection, before any of them starts (`tests/racer.py`).
    """
    outcome = _outcome(Race(function, [*arguments], processes, threads, turns))
    assert outcome.statuses == [0] * processes
    return [result for results in outcome.results for result in results]


def crash(function: str, *arguments: str) -> None:
    """Call `module:function` in a process that must be killed by its own hand before it returns."""
    assert dies(function, *arguments)


def dies(function: str, *arguments: str) -> bool:
    """Call it in a process; tell whether that was killed by its own hand before it returned."""
    (status,) = _outcome(Race(function, [*arguments], processes=1, threads=1, turns=1)).statuses
    assert status in (0, -signal.SIGKILL)
    return status == -signal.SIGKILL


def _outcome(wanted: Race) -> Outcome:
    starter = _starter()
    asked, answers = _pipe(starter.stdin), _pipe(starter.stdout)
    asked.write(f"{json.dumps({name: getattr(wanted, name) for name in Race.__slots__})}\n")
    asked.flush()
    is_over, _, _ = select.select([answers], [], [], _SECONDS)
    if not is_over:
        _end()
    assert is_over, f"{wanted.function} was not over in {_SECONDS} s"
    return Outcome(**json.loads(answers.readline()))


def _starter() -> "subprocess.Popen[str]":
    """Return a process that makes racers: to read the product's code takes longer than a race."""
    environment = os.environ | {
        "DATABASE_URL": databases.url(connections["default"]),
        "DJANGO_SETTINGS_MODULE": "mog_site.settings",
        "LIMIT_BASELINE": "100000",
        "LIMIT_FINANCIAL": "100000",
        "LOG_LEVEL": "critical",
    }
    environment.pop("PYTEST_CURRENT_TEST", None)
    key = frozenset(environment.items())
    if key not in _starters:
        _starters[key] = subprocess.Popen(
            [sys.executable, "-m", "tests.racer"],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    return _starters[key]


@atexit.register
def _end() -> None:
    """End all, and whoever still races."""
    for starter in _starters.values():
        with suppress(ProcessLookupError):
            os.killpg(starter.pid, signal.SIGKILL)
        starter.communicate()
    _starters.clear()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
