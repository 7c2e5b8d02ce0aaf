"""The children of the sandbox that run at this moment."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests import processes


def of(parent_id: int, program: str = "") -> list[int]:
    """Return the ids of the sandbox's children of a process, of one program if it is named."""
    children = processes.descend_from(parent_id) - servers_of(parent_id)
    return sorted(each for each in children if processes.name_of(each).startswith(_name(program)))


def servers_of(parent_id: int) -> set[int]:
    """Return the ids of the fork servers of a process and of its descendants."""
    return {
        each
        for each in processes.descend_from(parent_id)
        if "fork_server.serve" in processes.command_of(each)
        and not processes.name_of(each).startswith("mog-")
    }


def _first_of(servers: set[int], program: str) -> list[int]:
    """Look at servers often, but not for ever: meanwhile another may have been started."""
    for _ in range(200):
        found = [child for server in servers for child in processes.children_of(server)]
        if named := [each for each in found if processes.name_of(each) == _name(program)]:
            return named
    return []


def _name(program: str) -> str:
    return f"mog-{program.rpartition('.')[2]}"


@contextmanager
def killed(program: str) -> Iterator[list[int]]:
    """Kill this process's next child of a program as soon as it is seen."""
    victims: list[int] = []
    is_over = threading.Event()

    def hunt() -> None:
        while not is_over.is_set() and not victims:
            servers = servers_of(os.getpid())
            # Children live for some milliseconds, less than a look at all processes takes.
            for child in _first_of(servers, program):
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
