"""Where the processes of races come from (`tests/racing.py`): one that has read the product's code.

It opens no connection and starts no thread, so that each racer is a fork of it that has everything
still to do. Lines of its input are races, lines of its output what became of them, as JSON.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

import django
from django.db import connections
from django.urls import get_resolver


@dataclass(frozen=True, slots=True)
class Race:
    """So many processes with so many threads that each call `module:function` so many times."""

    function: str
    arguments: list[str]
    processes: int
    threads: int
    turns: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of each process its exit code, below zero the signal that killed it, and what it returned."""

    statuses: list[int]
    results: list[list[str]]


@dataclass(frozen=True, slots=True)
class _Racer:
    process_id: int
    said: int


def serve() -> None:
    """Run races until there are no more lines."""
    django.setup()
    # What the first request of each racer would read.
    _ = get_resolver().url_patterns
    for line in sys.stdin:
        outcome = _run(Race(**json.loads(line)))
        answer = {"statuses": outcome.statuses, "results": outcome.results}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def _run(race: Race) -> Outcome:
    """Let racers go at once, as soon as each is ready or dead."""
    ready, is_ready = os.pipe()
    go, may_go = os.pipe()
    racers = []
    for number in range(race.processes):
        said, says = os.pipe()
        process_id = os.fork()
        if not process_id:
            os.close(may_go)
            _race(race, number, is_ready=is_ready, go=go, says=says)
        os.close(says)
        racers.append(_Racer(process_id, said))
    for end in (is_ready, go):
        os.close(end)
    _read(ready)
    os.close(may_go)
    texts = [_read(racer.said) for racer in racers]
    statuses = [os.waitpid(racer.process_id, 0)[1] for racer in racers]
    return Outcome(
        [os.waitstatus_to_exitcode(status) for status in statuses],
        [json.loads(text) if text else [] for text in texts],
    )


def _race(race: Race, number: int, *, is_ready: int, go: int, says: int) -> NoReturn:
    """Be a racer; an error ends it as it ends any program."""
    # What a racer prints is no answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    results = _results(race, number * race.threads * race.turns, is_ready=is_ready, go=go)
    with open(says, "w", encoding="utf-8") as file:
        json.dump(results, file)
    os._exit(0)


def _results(race: Race, first: int, *, is_ready: int, go: int) -> list[str]:
    """Return what each call has returned. To close an end of a pipe is to say so."""
    module, _, name = race.function.partition(":")
    run = getattr(import_module(module), name)
    together = threading.Barrier(race.threads + 1, timeout=60)

    def call(thread: int) -> list[str]:
        connections["default"].ensure_connection()
        together.wait()
        together.wait()
        try:
            return [
                run(first + thread * race.turns + turn, *race.arguments)
                for turn in range(race.turns)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(race.threads) as pool:
        calls = [pool.submit(call, thread) for thread in range(race.threads)]
        together.wait()
        os.close(is_ready)
        _read(go)
        together.wait()
        return [result for made in calls for result in made.result()]


def _read(end: int) -> str:
    """Return what is said until everybody has closed the other end."""
    with open(end, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    serve()
