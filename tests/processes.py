"""Processes that tests start, and what is left of them."""

import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def using(folder: Path) -> set[int]:
    """Return the processes that run with `folder` as their var folder, whoever their parent is."""
    mark = f"MOG_VAR_DIR={folder}".encode()
    found = set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        # A process may end, or be another user's, between the look and the read.
        with suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.add(int(environment.parent.name))
    return found


def descend_from(ancestor_id: int) -> set[int]:
    """Return the processes that a process has started, and those that they have, and so on."""
    found: set[int] = set()
    latest = {ancestor_id}
    while latest:
        latest = {child for parent in latest for child in _children_of_threads(parent)} - found
        found |= latest
    return found


def is_child_of(process_id: int, parent_id: int) -> bool:
    """Whether one process has started another, in whichever of its threads."""
    try:
        return int(_status(Path(f"/proc/{process_id}"))[1]) == parent_id
    except OSError:
        return False


def sleeps(process_id: int) -> bool:
    """Whether a process waits for something that a signal may interrupt."""
    try:
        return _status(Path(f"/proc/{process_id}"))[0] == "S"
    except OSError:
        return False


def children_of(process_id: int) -> list[int]:
    """Return the children that the first thread of a process has now, or none when it is over."""
    return _children_of_thread(process_id, process_id)


def command_of(process_id: int) -> str:
    """Return the command line of a process, or nothing when it is over."""
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def name_of(process_id: int) -> str:
    """Return what a process calls itself, or nothing when it is over."""
    try:
        return Path(f"/proc/{process_id}/comm").read_text().strip()
    except OSError:
        return ""


def forked(work: Callable[[], int], *, seconds: int = 60) -> int:
    """Do something in a fork of this process; return its exit code, below zero its signal."""
    child = os.fork()
    if not child:
        # A fork waits for ever for a lock that another thread of its parent held.
        signal.alarm(seconds)
        try:
            os._exit(work())
        finally:
            # It must not go on as a second runner of the tests.
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def becomes_true(condition: Callable[[], object], *, seconds: float = 20) -> bool:
    """Wait until something holds; answer whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _children_of_threads(process_id: int) -> list[int]:
    # A look at every process of the machine would take many times as long.
    try:
        threads = os.listdir(f"/proc/{process_id}/task")
    except OSError:
        return []
    return [child for thread in threads for child in _children_of_thread(process_id, int(thread))]


def _children_of_thread(process_id: int, thread_id: int) -> list[int]:
    try:
        with open(f"/proc/{process_id}/task/{thread_id}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def _status(folder: Path) -> list[str]:
    """Return state, parent and what follows them in a process's stat file (proc(5))."""
    # The name before them, in parentheses, may hold anything.
    return (folder / "stat").read_text().rpartition(")")[2].split()
