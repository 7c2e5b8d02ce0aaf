"""The few calls to the kernel that Python has no name for."""

import ctypes
import os
import sys
from typing import Any

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_SET_NO_NEW_PRIVS = 38
# linux/sched.h
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
# linux/capability.h: _LINUX_CAPABILITY_VERSION_3, with two words of each set.
_CAPABILITY_VERSION = 0x20080522
_NO_CAPABILITIES = bytes(24)


def prctl(option: int, value: int | ctypes.c_char_p) -> None:
    """Call prctl(2); raises OSError."""
    _checked(_libc().prctl(option, value, 0, 0, 0), "prctl")


def name_process(name: str) -> None:
    """Give this process a name in lists of processes, cut to 15 bytes; raises OSError."""
    prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()))


def unshare(flags: int) -> None:
    """Leave namespaces for new, empty ones; raises OSError."""
    _checked(_libc().unshare(flags), "unshare")


def drop_capabilities() -> None:
    """Give up every capability, those of a fresh user namespace too; raises OSError."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _checked(_libc().capset(header, _NO_CAPABILITIES), "capset")


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call by its number; raises OSError."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(int(_libc().syscall(ctypes.c_long(number), *wide)), f"syscall {number}")


def _libc() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise OSError("these calls are Linux's")
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result
