"""Run a program over a stranger's bytes in a child process that can reach nothing.

The child has no environment, no open files, no network and one folder (`scanning/child/layers.py`);
it is killed when its time is over or its parent ends. All that it says is a stranger's word.
"""

import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from resource import struct_rusage
from typing import Any

from scanning import outputs
from scanning.child import start
from scanning.child.layers import NOBODY, Layer, missing
from scanning.errors import Reason, ScanInconclusive

logger = logging.getLogger(__name__)

_MB = 1024 * 1024
ANSWER_BYTES = 4 * _MB
_ANSWER = "answer.json"
_PREFIX = "mog-scan-"
# Far beyond the longest scan.
_ABANDONED_SECONDS = 3600
_LAYERS_BYTES = 4096
_COMPLAINT_BYTES = 1500
# What the programs import beside the standard library.
_LIBRARIES = ("scanning", "yaml", "filetype", "packaging", "re2", "yara_x")


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings of one run; `file_bytes` holds for every file that the child writes."""

    wall_clock_seconds: float = 30
    cpu_seconds: int = 30
    memory_bytes: int = 512 * _MB
    file_bytes: int = ANSWER_BYTES
    answer_bytes: int = ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class Job:
    """A program and what it works on.

    inputs: files to copy into the work folder; outputs: where to put the files that it fills
    there; both by their name in that folder.
    """

    program: str
    request: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Path] = field(default_factory=dict)
    outputs: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A child that ended by itself: its answer as it was written, and what kept it in.

    wall_ms: from its start to its end. cpu_ms: of its own. peak_kb: its largest resident size.
    """

    answer: bytes
    layers: tuple[Layer, ...]
    wall_ms: int
    cpu_ms: int
    peak_kb: int


@contextmanager
def work_folder() -> Iterator[Path]:
    """Lend a folder that nobody else can enter; it goes with everything in it."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield folder
    finally:
        _remove(folder)


def run(job: Job, *, limits: Limits, is_strict: bool) -> Run:
    """Run a program to its end.

    is_strict: a missing layer is a refusal, not a warning. Raises ScanInconclusive.
    """
    with work_folder() as folder:
        box = folder / "box"
        box.mkdir(mode=0o700)
        _fill(box, job)
        begun = time.monotonic()
        process = _start(job, folder=folder, limits=limits, is_strict=is_strict)
        layers, usage = _see_through(process, folder, limits=limits, is_strict=is_strict)
        wall_ms = _milliseconds(time.monotonic() - begun)
        answer = outputs.read(box / _ANSWER, at_most=limits.answer_bytes)
        for name, target in job.outputs.items():
            outputs.take(box / name, target, at_most=limits.file_bytes)
        cpu_ms = _milliseconds(usage.ru_utime + usage.ru_stime)
        return Run(answer, layers, wall_ms, cpu_ms, peak_kb=usage.ru_maxrss)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _fill(box: Path, job: Job) -> None:
    """Put all files into the box and hand it to whom the child will be, who can make no more."""
    (box / "request.json").write_bytes(json.dumps(job.request).encode())
    for name, source in job.inputs.items():
        shutil.copyfile(source, box / name)
    for name in (_ANSWER, *job.outputs):
        (box / name).touch()
    if os.getuid() == 0:
        for path in (*box.iterdir(), box):
            os.chown(path, NOBODY, NOBODY)


def _start(job: Job, *, folder: Path, limits: Limits, is_strict: bool) -> subprocess.Popen[bytes]:
    plan = {
        "program": job.program,
        "libraries": _library_folders(),
        "limits": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "file_bytes": limits.file_bytes,
        },
        "parent": os.getpid(),
        "strict": is_strict,
    }
    with (folder / "complaint").open("wb") as complaint:
        return subprocess.Popen(  # noqa: S603 (the command is ours)
            [sys.executable, "-I", "-S", start.__file__, json.dumps(plan)],
            env={},
            cwd=folder / "box",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaint,
            close_fds=True,
            start_new_session=True,
        )


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


def _see_through(
    process: subprocess.Popen[bytes], folder: Path, *, limits: Limits, is_strict: bool
) -> tuple[tuple[Layer, ...], struct_rusage]:
    """Wait for the end of a child and of all it started; return its layers, and what it used."""
    deadline = time.monotonic() + limits.wall_clock_seconds
    try:
        told = _hear(process, deadline)
        ended = _ends(process, deadline)
    finally:
        usage = _end(process)
    if not ended:
        raise ScanInconclusive(Reason.TIMED_OUT)
    status = process.returncode
    if status != 0:
        raise ScanInconclusive(_reason(status), _complaint(folder, status))
    layers = _read_layers(told)
    insist(layers, is_strict=is_strict)
    return layers, usage


def _hear(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Return what a child says before it reads anything; it then closes its standard output."""
    assert process.stdout is not None
    told = b""
    with process.stdout as pipe:
        while len(told) <= _LAYERS_BYTES and _is_ready(pipe.fileno(), deadline):
            piece = os.read(pipe.fileno(), _LAYERS_BYTES)
            if not piece:
                break
            told += piece
    return told


def _ends(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Wait for the end without reaping, so that its group's number stays its own."""
    handle = os.pidfd_open(process.pid)
    try:
        return _is_ready(handle, deadline)
    finally:
        os.close(handle)


def _is_ready(handle: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))


def _end(process: subprocess.Popen[bytes]) -> struct_rusage:
    """Kill whatever is left of a child's group, then reap it; return what it used."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    # Reaped behind the back of the library, which must not wait for it again.
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def _reason(status: int) -> Reason:
    return {
        start.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
        start.NOT_ISOLATED: Reason.NOT_ISOLATED,
        -signal.SIGXCPU: Reason.TIMED_OUT,
    }.get(status, Reason.CRASHED)


def _complaint(folder: Path, status: int) -> str:
    """Return the end of what a child complained, on one line, for operators."""
    data = (folder / "complaint").read_bytes()[-_COMPLAINT_BYTES:]
    return f"status {status}: {data.decode(errors='replace')!r}"


def _read_layers(told: bytes) -> tuple[Layer, ...]:
    try:
        return tuple(Layer(name) for name in json.loads(told)["layers"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ScanInconclusive(Reason.MALFORMED, "the layers") from None


def insist(layers: tuple[Layer, ...], *, is_strict: bool) -> None:
    """Refuse to go on without the required layers, or warn once; raises ScanInconclusive."""
    lacking = missing(frozenset(layers))
    if lacking and is_strict:
        raise ScanInconclusive(Reason.NOT_ISOLATED, ", ".join(lacking))
    if lacking:
        _warn_once(lacking)


@cache
def _warn_once(lacking: tuple[str, ...]) -> None:
    logger.warning("scans are not isolated here; missing: %s", ", ".join(lacking))


def _sweep() -> None:
    """Remove what workers that were killed have left."""
    long_ago = time.time() - _ABANDONED_SECONDS
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            if found.st_uid == os.getuid() and found.st_mtime < long_ago:
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder, whatever a child made of the modes in it."""
    for path in (folder, folder / "box"):
        with suppress(OSError):
            path.chmod(0o700, follow_symlinks=True)
    shutil.rmtree(folder, ignore_errors=True)
