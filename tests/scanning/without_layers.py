"""A worker on a system that lacks what keeps a scan in; prints what becomes of a scan there.

What is missing is taken away from this process and all it starts, by the kernel: no namespaces, no
landlock, and no further filters of calls.
"""

import ctypes
import errno
import json
import sys

from scanning import isolation, sandbox
from scanning.child import seccomp
from scanning.errors import ScanInconclusive

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EQUAL = 4
# linux/prctl.h
_PR_SET_SECCOMP = 22


class _Argument(ctypes.Structure):
    """scmp_arg_cmp of libseccomp."""

    _fields_ = (
        ("number", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("other", ctypes.c_uint64),
    )


def main() -> None:
    """Take it away, then scan, strictly or not as the argument says."""
    _take_away()
    job = sandbox.Job("scanning.child.probe")
    try:
        run = sandbox.run(job, limits=sandbox.Limits(), is_strict=sys.argv[1] == "strict")
        became = ",".join(run.layers)
    except ScanInconclusive as inconclusive:
        became = str(inconclusive.reason)
    sys.stdout.write(json.dumps({"became": became, "missing": isolation.missing_layers()}))


def _take_away() -> None:
    library = seccomp.load_library()
    context = library.seccomp_init(_ALLOW)
    for name in ("unshare", "landlock_create_ruleset", "seccomp"):
        number = library.seccomp_syscall_resolve_name(name.encode())
        library.seccomp_rule_add_array(context, _ERRNO | errno.ENOSYS, number, 0, None)
    prctl = library.seccomp_syscall_resolve_name(b"prctl")
    is_filter = _Argument(0, _EQUAL, _PR_SET_SECCOMP, 0)
    library.seccomp_rule_add_array(
        context, _ERRNO | errno.EINVAL, prctl, 1, ctypes.byref(is_filter)
    )
    if library.seccomp_load(context) < 0:
        raise OSError("seccomp_load")


if __name__ == "__main__":
    main()
