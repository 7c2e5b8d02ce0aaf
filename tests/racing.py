"""Many callers at the same moment: real processes with threads in each, on the test's database."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from django.db import connections

from tests import databases

_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 120


def race(function: str, *arguments: str, processes: int, threads: int, turns: int = 1) -> list[str]:
    """Return what `processes * threads * turns` calls of `module:function` returned, in no order.

    The function takes the number of its call and the arguments, and returns text. Every caller
    stands ready, with a connection, before any of them starts (`tests/racer.py`).
    """
    racers = [
        _start(function, threads, turns, number * threads * turns, *arguments)
        for number in range(processes)
    ]
    ready = [_pipe(racer.stdout).readline() for racer in racers]
    for racer in racers:
        _pipe(racer.stdin).write("go\n")
        _pipe(racer.stdin).flush()
    results: list[str] = []
    for racer in racers:
        output, _ = racer.communicate(timeout=_SECONDS)
        assert racer.returncode == 0
        results += json.loads(output)
    assert ready == ["ready\n"] * processes
    return results


def crash(function: str, *arguments: str) -> None:
    """Call `module:function` in a process that must be killed by its own hand before it returns."""
    assert dies(function, *arguments)


def dies(function: str, *arguments: str) -> bool:
    """Call it in a process; tell whether that was killed by its own hand before it returned."""
    racer = _start(function, 1, 1, 0, *arguments)
    racer.communicate("go\n", timeout=_SECONDS)
    assert racer.returncode in (0, -signal.SIGKILL)
    return racer.returncode == -signal.SIGKILL


def _start(
    function: str, threads: int, turns: int, first: int, *arguments: str
) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "DATABASE_URL": databases.url(connections["default"]),
        "DJANGO_SETTINGS_MODULE": "mog_site.settings",
        "LIMIT_BASELINE": "100000",
        "LIMIT_FINANCIAL": "100000",
        "LOG_LEVEL": "critical",
    }
    numbers = [str(number) for number in (threads, turns, first)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.racer", function, *numbers, *arguments],
        cwd=_ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
