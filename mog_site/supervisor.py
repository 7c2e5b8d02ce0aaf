"""Run several programs as one: their output together, their end together."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from signal import SIGKILL
from threading import Lock, Thread
from types import TracebackType
from typing import IO, Self

from mog_site import parent_death

# Within this a server finishes its requests and a worker its task.
_GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, under the name its lines of output begin with."""

    name: str
    command: tuple[str, ...]


class Supervisor:
    """Programs started together; leaving the context ends every one of them.

    They end with this process even when it is killed: each is tied to it.
    """

    def __init__(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._environment = environment
        self._say = say
        self._lock = Lock()
        self._running: dict[Program, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, program: Program) -> None:
        """Start a program in a session of its own, where no Ctrl-C but ours reaches it."""
        process = subprocess.Popen(  # noqa: S603 (the command is ours)
            parent_death.command(*program.command),
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._running[program] = process
        assert process.stdout is not None
        Thread(target=self._relay, args=(program.name, process.stdout), daemon=True).start()

    def first_ended(self) -> tuple[Program, int] | None:
        """Return a program that is over, with its exit status (negative: its signal)."""
        for program, process in self._running.items():
            if process.poll() is not None:
                return program, process.returncode
        return None

    def stop(self) -> None:
        """Ask every program to end, then end those that did not."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + _GRACE.total_seconds()
        for process in self._running.values():
            _end(process, deadline=deadline)
        self._running.clear()

    def _relay(self, name: str, lines: IO[str]) -> None:
        for line in lines:
            if not line.strip():
                continue
            with self._lock:
                self._say(f"{name:<6} | {line.rstrip()}")


def _end(process: subprocess.Popen[str], *, deadline: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0.1, deadline - time.monotonic()))
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)
    process.wait()
