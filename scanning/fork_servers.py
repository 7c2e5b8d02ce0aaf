"""The fork servers of this process: started when first needed, kept, and gone with it.

What they do stands in `scanning/child/fork_server.py`. A server serves one job at a time; each
thread that scans meanwhile gets one of its own.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scanning.child import fork_server
from scanning.errors import Reason, ScanInconclusive

# Of the folder in which a server finds what it prepares.
PREFIX = "mog-fork-server-"
# What the programs import beside the standard library.
_LIBRARIES = ("scanning", "yaml", "filetype", "packaging", "re2", "yara_x")
_START_SECONDS = 60
# More than a server takes to kill a child whose time is over.
_GRACE_SECONDS = 10
_END_SECONDS = 5
_COMPLAINT = "complaint"
_COMPLAINT_BYTES = 1500
_CODE = (
    "import json, sys; plan = json.loads(sys.argv[1]); sys.path[:0] = plan['libraries'];"
    "from scanning.child import fork_server; fork_server.serve(plan['preparing'])"
)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a server makes ready once, for all its children.

    key: two of the same key are the same. program: a module whose `prepare` is given `request`;
    files: what it finds in its folder, by name. is_current: asked once the server has read its
    code whether that is still the code which the key stands for.
    """

    key: str
    program: str
    request: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    is_current: Callable[[], bool] = field(default=lambda: True, repr=False)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended. exit_code: below zero the signal that killed it."""

    exit_code: int
    is_in_time: bool
    cpu_seconds: float
    peak_kb: int


class ForkServer:
    """A server and the way to it."""

    def __init__(self, preparation: Preparation | None) -> None:
        """Start one and wait until it is ready; raises ScanInconclusive."""
        self.key = preparation.key if preparation else ""
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs, tempfile.TemporaryDirectory(prefix=PREFIX) as name:
                self._process = _started(preparation, Path(name), theirs)
                theirs.close()
                self._await_ready(Path(name))
            if preparation and not preparation.is_current():
                self.end()
                raise ScanInconclusive(Reason.CRASHED, "other code since this process began")
        except BaseException:
            self._socket.close()
            raise

    def _await_ready(self, folder: Path) -> None:
        is_ready = False
        try:
            is_ready = self._received(_START_SECONDS) == fork_server.READY
        finally:
            if not is_ready:
                self.end()
        if not is_ready:
            complained = (folder / _COMPLAINT).read_bytes()[-_COMPLAINT_BYTES:]
            raise ScanInconclusive(Reason.CRASHED, f"fork server: {complained!r}")

    @property
    def is_alive(self) -> bool:
        """Tell whether it still runs."""
        return self._process.poll() is None

    def suits(self, preparation: Preparation | None) -> bool:
        """Tell whether it has prepared this; where nothing is needed, any does."""
        return preparation is None or preparation.key == self.key

    def run(self, job: Mapping[str, Any], *, mouth: int, complaint: int) -> Ending:
        """Have a job done; raises ScanInconclusive when the server itself does not come back.

        mouth, complaint: open files that become the child's output and its errors.
        """
        message = json.dumps(job).encode()
        try:
            socket.send_fds(self._socket, [message], [mouth, complaint])
            answer = self._received(job["wall_clock_seconds"] + _GRACE_SECONDS)
        except OSError as error:
            raise ScanInconclusive(Reason.CRASHED, f"fork server: {error}") from error
        if not answer:
            raise ScanInconclusive(Reason.CRASHED, "fork server: no answer")
        return Ending(**json.loads(answer))

    def end(self) -> None:
        """End it and its child."""
        self._socket.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Let go of a server that is the parent's, in a process that was forked."""
        self._socket.close()
        # It is nobody's child here, so nobody must wait for it.
        self._process.returncode = 0

    def _received(self, seconds: float) -> bytes:
        """Return a message; nothing when there is none in time, or the server is gone."""
        self._socket.settimeout(seconds)
        with suppress(TimeoutError, ConnectionError):
            return self._socket.recv(fork_server.MESSAGE_BYTES)
        return b""


class _Pool:
    """Servers of this process: those that are lent, and at most one that waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: ForkServer | None = None
        self._lent: set[ForkServer] = set()

    def take(self, preparation: Preparation | None) -> ForkServer:
        """Return a server that suits; raises ScanInconclusive."""
        with self._lock:
            server, self._waiting = self._waiting, None
        if server and not (server.is_alive and server.suits(preparation)):
            server.end()
            server = None
        server = server or ForkServer(preparation)
        with self._lock:
            self._lent.add(server)
        return server

    def give_back(self, server: ForkServer, *, is_sound: bool) -> None:
        """Keep it for the next job, or end it where another waits or it may be stuck."""
        with self._lock:
            self._lent.discard(server)
            surplus: ForkServer | None = server
            # A prepared one is worth more.
            if is_sound and (self._waiting is None or server.key):
                surplus, self._waiting = self._waiting, server
        if surplus:
            surplus.end()

    def end_waiting(self) -> None:
        """End the server that waits."""
        with self._lock:
            server, self._waiting = self._waiting, None
        if server:
            server.end()

    def forget(self) -> None:
        """Begin anew in a process that was forked: the servers are its parent's."""
        for server in (*self._lent, self._waiting):
            if server:
                server.forget()
        self._lock = threading.Lock()
        self._waiting = None
        self._lent = set()


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.forget)
atexit.register(_pool.end_waiting)


@contextmanager
def lent(preparation: Preparation | None) -> Iterator[ForkServer]:
    """Lend a server for one job; raises ScanInconclusive when none can be started."""
    server = _pool.take(preparation)
    is_sound = False
    try:
        yield server
        is_sound = True
    finally:
        # After an interruption nobody knows what it does.
        _pool.give_back(server, is_sound=is_sound)


def end_waiting() -> None:
    """End the server that waits, where no scan is to be expected."""
    _pool.end_waiting()


def _started(
    preparation: Preparation | None, folder: Path, theirs: socket.socket
) -> subprocess.Popen[bytes]:
    preparing = _lay_out(preparation, folder) if preparation else ""
    plan = {"libraries": _library_folders(), "preparing": preparing}
    with (folder / _COMPLAINT).open("wb") as complaint:
        return subprocess.Popen(  # noqa: S603 (the command is ours)
            [sys.executable, "-I", "-S", "-c", _CODE, json.dumps(plan)],
            env={},
            cwd=folder,
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            close_fds=True,
            start_new_session=True,
        )


def _lay_out(preparation: Preparation, folder: Path) -> str:
    """Put what is prepared into a folder; return the module that does it."""
    (folder / "request.json").write_bytes(json.dumps(preparation.request).encode())
    for name, data in preparation.files.items():
        (folder / name).write_bytes(data)
    return preparation.program


@cache
def _library_folders() -> list[str]:
    """Return the folders that hold what a child imports, each once, in order."""
    folders: dict[str, None] = {}
    for name in _LIBRARIES:
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        folders[str(Path(found.origin).parents[1])] = None
    return list(folders)
