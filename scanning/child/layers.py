"""The layers of isolation, which a child puts on itself before it reads anything."""

import ctypes
import os
import resource
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum

from scanning.child import kernel, landlock, seccomp

# Debian's nobody, and what Linux shows for users it cannot map (user_namespaces(7)).
NOBODY = 65534
_OPEN_FILES = 32


class Layer(StrEnum):
    """What keeps a child in; each holds without the others."""

    NAMESPACES = "namespaces"
    NOBODY = "nobody"
    LIMITS = "limits"
    NO_NEW_PRIVILEGES = "no-new-privileges"
    DEATH_SIGNAL = "death-signal"
    LANDLOCK = "landlock"
    LANDLOCK_NETWORK = "landlock-network"
    SECCOMP = "seccomp"


_NEEDED = frozenset({Layer.LIMITS, Layer.NO_NEW_PRIVILEGES})
_NO_NETWORK = (Layer.NAMESPACES, Layer.SECCOMP, Layer.LANDLOCK_NETWORK)


def missing(held: frozenset[Layer]) -> tuple[str, ...]:
    """Return which of the required layers do not hold, by name."""
    found = [str(layer) for layer in sorted(_NEEDED - held)]
    if held.isdisjoint(_NO_NETWORK):
        found.append(" or ".join(_NO_NETWORK))
    return tuple(found)


def apply(limits: Mapping[str, int], *, parent_id: int) -> list[Layer]:
    """Put on every layer that this system offers, for good; return those that hold.

    limits: `memory_bytes`, `cpu_seconds` and `file_bytes`.
    """
    held: list[Layer] = []
    filters = _load_filters()
    steps: tuple[tuple[Layer, Callable[[], None]], ...] = (
        (Layer.NAMESPACES, _leave_namespaces),
        (Layer.NOBODY, _become_nobody),
        # Where root may not, nobody perhaps may.
        (Layer.NAMESPACES, _leave_namespaces),
        (Layer.LIMITS, lambda: _limit(limits)),
        (Layer.NO_NEW_PRIVILEGES, _renounce_privileges),
        (Layer.DEATH_SIGNAL, lambda: _die_with(parent_id)),
    )
    for layer, step in steps:
        if layer in held:
            continue
        with suppress(OSError, ValueError, AttributeError):
            step()
            held.append(layer)
    return held + _landlock() + _seccomp(filters)


def _load_filters() -> ctypes.CDLL | None:
    with suppress(OSError):
        return seccomp.load_library()
    return None


def _leave_namespaces() -> None:
    """Go where there is no network. Root can without a user namespace, and gains less there."""
    others = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
    kernel.unshare(others if os.getuid() == 0 else kernel.CLONE_NEWUSER | others)


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _limit(limits: Mapping[str, int]) -> None:
    ceilings = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        # Root may start as many as it likes; the others none.
        resource.RLIMIT_NPROC: 0,
    }
    for kind, ceiling in ceilings.items():
        resource.setrlimit(kind, (ceiling, ceiling))
    # The soft one sends SIGXCPU, by which the parent can tell; the hard one just kills.
    seconds = limits["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _renounce_privileges() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _die_with(parent_id: int) -> None:
    """Go when the worker goes; asked late, because a change of user forgets it (prctl(2))."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:
        os._exit(1)


def _landlock() -> list[Layer]:
    with suppress(OSError, AttributeError):
        abi = landlock.version()
        landlock.restrict(abi)
        return [Layer.LANDLOCK, *([Layer.LANDLOCK_NETWORK] if abi >= 4 else [])]
    return []


def _seccomp(library: ctypes.CDLL | None) -> list[Layer]:
    with suppress(OSError, AttributeError):
        if library is None:
            return []
        seccomp.restrict(library)
        return [Layer.SECCOMP]
    return []
