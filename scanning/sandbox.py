"""Run a program over a stranger's bytes in a child process that can reach nothing.

The child has no environment, no open files, no network and one folder (`scanning/child/layers.py`).
A fork server, which has read nothing of a stranger's, forks it (`scanning/fork_servers.py`) and
kills it when its time is over or its worker ends. All that it says is a stranger's word.
"""

import json
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from scanning import fork_servers, outputs
from scanning.child import start
from scanning.child.layers import NOBODY, Layer, missing
from scanning.errors import Reason, ScanInconclusive

logger = logging.getLogger(__name__)

_MB = 1024 * 1024
ANSWER_BYTES = 4 * _MB
_ANSWER = "answer.json"
_COMPLAINT = "complaint"
_PREFIX = "mog-scan-"
_PREFIXES = (_PREFIX, fork_servers.PREFIX)
# Far beyond the longest scan.
_ABANDONED_SECONDS = 3600
_LAYERS_BYTES = 4096
_COMPLAINT_BYTES = 1500
# Of the wall clock: whoever had so much of the processor would not have come to an end alone.
_OWN_SHARE = 0.8


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
    there; both by their name in that folder. preparation: runs the program on what was prepared,
    and not on a request.
    """

    program: str
    request: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Path] = field(default_factory=dict)
    outputs: Mapping[str, Path] = field(default_factory=dict)
    preparation: fork_servers.Preparation | None = None


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
        told, ending = _run_child(job, folder, limits=limits, is_strict=is_strict)
        if not ending.is_in_time:
            raise ScanInconclusive(reason_for_delay(ending, limits))
        layers = _layers_of(told, ending, folder, is_strict=is_strict)
        wall_ms = _milliseconds(time.monotonic() - begun)
        answer = outputs.read(box / _ANSWER, at_most=limits.answer_bytes)
        for name, target in job.outputs.items():
            outputs.take(box / name, target, at_most=limits.file_bytes)
        cpu_ms = _milliseconds(ending.cpu_seconds)
        return Run(answer, layers, wall_ms, cpu_ms, peak_kb=ending.peak_kb)


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


def _run_child(
    job: Job, folder: Path, *, limits: Limits, is_strict: bool
) -> tuple[bytes, fork_servers.Ending]:
    """Return what a child said before it read anything, and how it ended."""
    plan = {
        "program": job.program,
        "is_prepared": job.preparation is not None,
        "folder": str(folder / "box"),
        "limits": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "file_bytes": limits.file_bytes,
        },
        "is_strict": is_strict,
        "wall_clock_seconds": limits.wall_clock_seconds,
    }
    with (
        _pipe() as (hearing, mouth),
        (folder / _COMPLAINT).open("wb") as complaint,
        fork_servers.lent(job.preparation) as server,
    ):
        ending = server.run(plan, mouth=mouth, complaint=complaint.fileno())
        return _heard(hearing), ending


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def _heard(hearing: int) -> bytes:
    """Return what was said, at once: a process forked meanwhile may hold the mouth open."""
    with suppress(BlockingIOError):
        return os.read(hearing, _LAYERS_BYTES)
    return b""


def _layers_of(
    told: bytes, ending: fork_servers.Ending, folder: Path, *, is_strict: bool
) -> tuple[Layer, ...]:
    """Return the layers of a child that came to its own end; raises ScanInconclusive."""
    if ending.exit_code != 0:
        raise ScanInconclusive(_reason(ending.exit_code), _complaint(folder, ending.exit_code))
    layers = _read_layers(told)
    insist(layers, is_strict=is_strict)
    return layers


def reason_for_delay(ending: fork_servers.Ending, limits: Limits) -> Reason:
    """Tell whether a child whose time is over has used it, or others had the processor."""
    had_its_time = ending.cpu_seconds >= _OWN_SHARE * limits.wall_clock_seconds
    return Reason.TIMED_OUT if had_its_time else Reason.STARVED


def _reason(status: int) -> Reason:
    return {
        start.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
        start.NOT_ISOLATED: Reason.NOT_ISOLATED,
        -signal.SIGXCPU: Reason.TIMED_OUT,
    }.get(status, Reason.CRASHED)


def _complaint(folder: Path, status: int) -> str:
    """Return the end of what a child complained, on one line, for operators."""
    data = (folder / _COMPLAINT).read_bytes()[-_COMPLAINT_BYTES:]
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
    everything = Path(tempfile.gettempdir())
    for folder in chain.from_iterable(everything.glob(f"{prefix}*") for prefix in _PREFIXES):
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
