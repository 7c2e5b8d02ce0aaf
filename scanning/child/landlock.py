"""Landlock: the process sees one folder and opens no TCP connection (kernel documentation,
`userspace-api/landlock`).
"""

import ctypes
import os

from scanning.child import kernel

# asm-generic/unistd.h: the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

# linux/landlock.h, LANDLOCK_ACCESS_FS_*: how many rights each version knows, from bit 0.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
# What the folder holds may be filled; nothing more can be made there, so the disk is bounded.
_WORK_FOLDER = _WRITE_FILE | _READ_FILE | _READ_DIR | _TRUNCATE
# LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP, from version 4.
_TCP = 0b11
# LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and _SIGNAL, from version 6.
_SCOPES = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the kernel's version of landlock; raises OSError when it has none."""
    return kernel.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)


def restrict(abi: int) -> None:
    """Leave nothing but the current folder, which must be the work folder; raises OSError."""
    rights = (1 << _RIGHTS[min(abi, max(_RIGHTS))]) - 1
    ruleset = _Ruleset(rights, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    # Older kernels know a shorter structure and refuse what they do not know.
    size = 8 if abi < 4 else 16 if abi < 6 else ctypes.sizeof(ruleset)
    handle = kernel.syscall(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    folder = os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    rule = _Beneath(_WORK_FOLDER & rights, folder)
    kernel.syscall(_ADD_RULE, handle, _PATH_BENEATH, ctypes.byref(rule), 0)
    kernel.syscall(_RESTRICT_SELF, handle, 0)
    os.close(folder)
    os.close(handle)
