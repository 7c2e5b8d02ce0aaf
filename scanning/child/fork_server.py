"""The fork server: it makes everything ready once and forks a child for each job.

Importing the programs and loading the rules takes far longer than judging a usual package. The
server itself never reads a stranger's bytes, so every child begins as clean as the first.

It speaks over its standard input, a socket that keeps messages apart (SOCK_SEQPACKET): a message is
a job as JSON with two open files, what its child says and what it complains; the answer, how the
child ended. When the other side closes, the server ends, and its child with it.
"""

import encodings
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from scanning.child import start

READY = b"ready"
MESSAGE_BYTES = 64 * 1024
# Nothing can be imported behind the layers, and these come late: what the standard library imports
# inside functions, and codecs, when something is first decoded so. The first program of a scan is
# taken before a deployment can change it.
_MODULES = ("linecache", "tracemalloc", "unicodedata", "warnings", "scanning.child.repack")


def serve(preparing: str) -> None:
    """Take jobs until the other side closes.

    preparing: a module whose `prepare` is given `request.json` of the current folder; what it
    returns is what prepared jobs run on. Empty when there is nothing to prepare.
    """
    _forget_signals()
    for name in _MODULES:
        importlib.import_module(name)
    _import_codecs()
    prepared = _prepared_by(preparing) if preparing else None
    # A collection in a child would touch, and so copy, every page that they share.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=0) as worker:
        worker.send(READY)
        while _serve_one(worker, prepared):
            pass


def _forget_signals() -> None:
    """Do as if the worker had arranged nothing, and end when it ends.

    Who ends a service asks all its processes at once; the worker has a job to finish first. Where
    dead children go unnoticed (SIGCHLD ignored, signal(7)) no job would have an ending.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _import_codecs() -> None:
    """Have every codec there is: an upload chooses in which one it is written."""
    for found in pkgutil.iter_modules(encodings.__path__):
        # Some belong to other systems.
        with suppress(ImportError):
            importlib.import_module(f"{encodings.__name__}.{found.name}")


def _prepared_by(module: str) -> object:
    prepared: object = importlib.import_module(module).prepare(_request())
    return prepared


def _serve_one(worker: socket.socket, prepared: object) -> bool:
    """Do a job; answer whether there was one."""
    message, handles, _, _ = socket.recv_fds(worker, MESSAGE_BYTES, 2)
    if not message:
        return False
    if len(handles) != 2:
        raise OSError("no room for the files of a child")
    job: dict[str, Any] = json.loads(message)
    program = importlib.import_module(job["program"])
    child = os.fork()
    if child == 0:
        _become(job, program, prepared, handles)
    for handle in handles:
        os.close(handle)
    worker.send(json.dumps(_ending_of(child, worker, job["wall_clock_seconds"])).encode())
    return True


def _become(
    job: Mapping[str, Any], program: Any, prepared: object, handles: Sequence[int]
) -> NoReturn:
    """Be a child of the server, to the end."""
    server_id = os.getppid()
    try:
        os.setsid()
        _keep_only(handles)
        os.chdir(job["folder"])
        start.name_after(job["program"])
        start.put_on_layers(job["limits"], parent_id=server_id, is_strict=job["is_strict"])
        start.run(program, prepared if job["is_prepared"] else _request())
    except BaseException:  # noqa: BLE001 (nothing may come back into the server's loop)
        traceback.print_exc()
    finally:
        os._exit(1)


def _keep_only(handles: Sequence[int]) -> None:
    """Have nothing open but an empty input, the mouth and the place for complaints."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, handle in enumerate((nothing, *handles)):
        os.dup2(handle, target)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _request() -> Any:
    return json.loads(Path("request.json").read_bytes())


def _ending_of(child: int, worker: socket.socket, seconds: float) -> dict[str, Any]:
    """Wait for a child, then end all that it started; end, too, when the worker is gone."""
    is_in_time, is_alone = _wait(child, worker, seconds)
    for kill in (os.killpg, os.kill):
        # A child may be too young to have a group of its own.
        with suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    if is_alone:
        sys.exit()
    return {
        "exit_code": os.waitstatus_to_exitcode(status),
        "is_in_time": is_in_time,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_kb": usage.ru_maxrss,
    }


def _wait(child: int, worker: socket.socket, seconds: float) -> tuple[bool, bool]:
    """Wait without reaping, so that the number of the child's group stays its own."""
    handle = os.pidfd_open(child)
    try:
        poll = select.poll()
        for waited_for in (handle, worker.fileno()):
            poll.register(waited_for, select.POLLIN)
        ready = {each for each, _ in poll.poll(seconds * 1000)}
    finally:
        os.close(handle)
    return handle in ready, worker.fileno() in ready
