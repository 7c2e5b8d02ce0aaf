"""The children of the sandbox that run at this moment."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanning.child import start


def of(parent_id: int, program: str = "") -> list[int]:
    """Return the ids of the sandbox's children of a process, of one program if it is named."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            command = (folder / "cmdline").read_bytes().decode()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if start.__file__ in command and program in command and int(parent) == parent_id:
                found.append(int(folder.name))
    return found


@contextmanager
def killed(program: str) -> Iterator[list[int]]:
    """Kill this process's next child of a program as soon as it is seen."""
    victims: list[int] = []
    is_over = threading.Event()

    def hunt() -> None:
        while not is_over.is_set() and not victims:
            for child in of(os.getpid(), program):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    victims.append(child)

    hunter = threading.Thread(target=hunt)
    hunter.start()
    try:
        yield victims
    finally:
        is_over.set()
        hunter.join()
