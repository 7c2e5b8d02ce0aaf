"""Seccomp: calls that judging files never needs answer EPERM (libseccomp, seccomp_rule_add(3)).

EPERM and not death, so that Python can say what was tried.
"""

import ctypes
import errno

# seccomp.h
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_MASKED_EQUAL = 7

_NETWORK = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *("sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "socketcall"),
)
_PROCESSES = (
    *("fork", "vfork", "clone", "clone3", "execve", "execveat"),
    *("kill", "tkill", "tgkill", "pidfd_open", "pidfd_send_signal", "pidfd_getfd"),
    *("rt_sigqueueinfo", "rt_tgsigqueueinfo", "ptrace", "process_vm_readv", "process_vm_writev"),
    *("process_madvise", "kcmp", "setpriority", "sched_setaffinity", "prlimit64", "setrlimit"),
    # With it a child that was taken over could forget that it dies with the worker.
    "prctl",
)
_NAMESPACES_AND_MOUNTS = (
    *("unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "fsopen"),
    *("fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "mount_setattr", "swapon"),
    *("swapoff", "quotactl", "nfsservctl", "acct"),
)
_IDENTITY = (
    *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid"),
    *("setfsgid", "setgroups", "capset", "setsid", "setpgid", "personality"),
)
_KERNEL = (
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter"),
    *("io_uring_register", "keyctl", "add_key", "request_key", "init_module", "finit_module"),
    *("delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "lookup_dcookie"),
    *("open_by_handle_at", "name_to_handle_at", "fanotify_init", "inotify_init"),
    *("inotify_init1", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
    *("sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "vhangup", "ioctl"),
    *("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open"),
)
# Outputs are plain files of the work folder; neither links nor other owners and modes.
_FILES = (
    *("link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "mkdir", "mkdirat"),
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr"),
)
# A file may be made to send any signal to any process of the same user (fcntl(2), F_SETOWN): the
# fork server, or the worker. asm-generic/fcntl.h
_SET_OWNER = (8, 15)
# The kernel looks at half of the argument, and so does the filter.
_INTEGER = 0xFFFFFFFF
DENIED = _NETWORK + _PROCESSES + _NAMESPACES_AND_MOUNTS + _IDENTITY + _KERNEL + _FILES


class _Comparison(ctypes.Structure):
    """Of an argument by its place: masked with `mask` it is `value` (struct scmp_arg_cmp)."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def load_library() -> ctypes.CDLL:
    """Load libseccomp while files can still be read; raises OSError."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_load.argtypes = library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)
    ]
    return library


def restrict(library: ctypes.CDLL) -> None:
    """Deny what stands above, for this process and for good; raises OSError."""
    context = library.seccomp_init(_ALLOW)
    if not context:
        raise OSError("seccomp_init")
    for name in DENIED:
        _deny(library, context, name)
    for command in _SET_OWNER:
        comparison = _Comparison(1, _MASKED_EQUAL, _INTEGER, command)
        for name in ("fcntl", "fcntl64"):
            _deny(library, context, name, comparison)
    _check(library.seccomp_load(context), "seccomp_load")
    library.seccomp_release(context)


def _deny(
    library: ctypes.CDLL, context: int, name: str, comparison: _Comparison | None = None
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    # Below zero: this library or this architecture has no such call.
    if number >= 0:
        action = _ERRNO | errno.EPERM
        count, compared = (1, ctypes.byref(comparison)) if comparison else (0, None)
        _check(library.seccomp_rule_add_array(context, action, number, count, compared), name)


def _check(result: int, name: str) -> None:
    if result < 0:
        raise OSError(-result, name)
