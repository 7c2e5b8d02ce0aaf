"""Processes that tests start, and what is left of them."""

import time
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
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int(_status(folder)[1])
    found: set[int] = set()
    latest = {ancestor_id}
    while latest:
        latest = {child for child, parent in parents.items() if parent in latest}
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
    try:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in children.split()]


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


def becomes_true(condition: Callable[[], object], *, seconds: float = 20) -> bool:
    """Wait until something holds; answer whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _status(folder: Path) -> list[str]:
    """Return state, parent and what follows them in a process's stat file (proc(5))."""
    # The name before them, in parentheses, may hold anything.
    return (folder / "stat").read_text().rpartition(")")[2].split()
