"""A program of the sandbox that tries what no child may do; `act` in the request names one."""

import codecs
import ctypes
import os
import socket
import threading
import time
from collections.abc import Callable
from encodings.aliases import aliases
from pathlib import Path
from typing import Any

_CLONE_NEWUSER = 0x10000000


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Try it; answer with the number of the error, or with what came of it."""
    try:
        return {"result": _ACTS[request["act"]](*request.get("arguments", ()))}
    except OSError as error:
        return {"errno": error.errno}


def _connect_tcp(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.connect(("127.0.0.1", port))


def _send_udp(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"out", ("127.0.0.1", port))


def _connect_unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(path)


def _read(path: str) -> str:
    return Path(path).read_bytes().decode(errors="replace")


def _write(path: str) -> None:
    Path(path).write_bytes(b"here I was")


def _list(path: str) -> list[str]:
    return os.listdir(path)


def _fork() -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return child


def _execute() -> None:
    os.execv("/bin/true", ["true"])


def _start_thread() -> None:
    try:
        threading.Thread(target=time.sleep, args=(0,)).start()
    except RuntimeError as error:
        raise OSError(1, "no thread") from error


def _signal_parent() -> None:
    os.kill(os.getppid(), 0)


def _leave_namespace() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def _become_root() -> None:
    os.setresuid(0, 0, 0)


def _link(source: str) -> None:
    Path("answer.json").hardlink_to(source)


def _symlink(target: str) -> None:
    Path("answer.json").symlink_to(target)


def _allocate() -> int:
    return len(bytearray(1024**3))


def _spin() -> None:
    while True:
        pass


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _write_much(size_bytes: int) -> None:
    Path("answer.json").write_bytes(b" " * size_bytes)
    os._exit(0)


def _call(name: str, *arguments: Any) -> int:
    """Make a call of the C library by its name, with numbers in all their width."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(getattr(ctypes.CDLL(None, use_errno=True), name)(*wide))
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def _change_mode() -> None:
    os.chmod("answer.json", 0o777)


def _open_many() -> None:
    handles: list[int] = []
    try:
        for _ in range(100):
            handles.append(os.open("request.json", os.O_RDONLY))
    finally:
        # The answer has to be opened, too.
        for handle in handles:
            os.close(handle)


def _answer(text: str) -> None:
    Path("answer.json").write_bytes(text.encode())
    os._exit(0)


def _speak() -> None:
    os.write(1, b'{"layers": []}')


def _environment() -> dict[str, str]:
    return dict(os.environ)


def _open_files() -> list[int]:
    found = []
    for handle in range(256):
        try:
            os.fstat(handle)
        except OSError:
            continue
        found.append(handle)
    return found


def _input() -> str:
    return os.read(0, 10).decode()


def _identity() -> list[int]:
    return [os.getuid(), os.geteuid(), os.getgid(), len(os.getgroups())]


def _know_codecs() -> list[str]:
    """Return those that have a name and cannot be used."""
    # Of Windows.
    names = set(aliases.values()) - {"mbcs", "oem"}
    unknown = []
    for name in sorted(names):
        try:
            codecs.lookup(name)
        except (LookupError, OSError):
            unknown.append(name)
    return unknown


_ACTS: dict[str, Callable[..., Any]] = {
    "connect-tcp": _connect_tcp,
    "send-udp": _send_udp,
    "connect-unix": _connect_unix,
    "read": _read,
    "write": _write,
    "list": _list,
    "fork": _fork,
    "execute": _execute,
    "start-thread": _start_thread,
    "signal-parent": _signal_parent,
    "leave-namespace": _leave_namespace,
    "become-root": _become_root,
    "link": _link,
    "symlink": _symlink,
    "allocate": _allocate,
    "spin": _spin,
    "sleep": _sleep,
    "write-much": _write_much,
    "call": _call,
    "change-mode": _change_mode,
    "open-many": _open_many,
    "answer": _answer,
    "speak": _speak,
    "environment": _environment,
    "open-files": _open_files,
    "input": _input,
    "identity": _identity,
    "know-codecs": _know_codecs,
}
