"""What a child may not do, tried by real children; each attempt leaves nothing behind."""

import errno
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from scanning import fork_servers, sandbox
from scanning.child.layers import NOBODY, Layer
from scanning.errors import Reason, ScanInconclusive
from tests import processes
from tests.scanning import children, escapes

pytestmark = pytest.mark.processes

_LIMITS = sandbox.Limits(wall_clock_seconds=20, cpu_seconds=10, file_bytes=1_000_000)
_REFUSED = {errno.EPERM, errno.EACCES}
# linux/prctl.h
_PR_SET_PDEATHSIG = 1
# asm-generic/fcntl.h
_F_SETOWN, _F_SETOWN_EX = 8, 15
_SYS_FCNTL = 25 if platform.machine() == "aarch64" else 72


def attempt(act: str, *arguments: Any, limits: sandbox.Limits = _LIMITS) -> dict[str, Any]:
    job = sandbox.Job(escapes.__name__, request={"act": act, "arguments": arguments})
    answer: dict[str, Any] = json.loads(sandbox.run(job, limits=limits, is_strict=True).answer)
    return answer


def refusal(act: str, *arguments: Any, limits: sandbox.Limits = _LIMITS) -> Reason:
    with pytest.raises(ScanInconclusive) as raised:
        attempt(act, *arguments, limits=limits)
    return raised.value.reason


def test_every_layer_holds_here() -> None:
    job = sandbox.Job("scanning.child.probe")
    held = set(sandbox.run(job, limits=_LIMITS, is_strict=True).layers)
    assert held == set(Layer) - (set() if os.getuid() == 0 else {Layer.NOBODY})


@pytest.mark.parametrize(
    ("act", "kind"),
    [("connect-tcp", socket.SOCK_STREAM), ("send-udp", socket.SOCK_DGRAM)],
)
def test_it_reaches_nobody_on_loopback(act: str, kind: int) -> None:
    with socket.socket(socket.AF_INET, kind) as listener:
        listener.bind(("127.0.0.1", 0))
        assert attempt(act, listener.getsockname()[1])["errno"] in _REFUSED


@pytest.mark.parametrize("is_abstract", [False, True])
def test_it_reaches_no_unix_socket(tmp_path: Path, *, is_abstract: bool) -> None:
    address = "\0mog-escape" if is_abstract else str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        assert attempt("connect-unix", address)["errno"] in _REFUSED


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", sys.executable, __file__])
def test_it_reads_nothing_of_the_system(path: str) -> None:
    assert attempt("read", path)["errno"] in _REFUSED


def test_it_does_not_read_the_database(tmp_path: Path) -> None:
    database = tmp_path / "mog.sqlite3"
    database.write_bytes(b"SQLite format 3")
    database.chmod(0o666)
    assert attempt("read", str(database))["errno"] in _REFUSED


@pytest.mark.parametrize("path", ["/", "/tmp", ".."])
def test_it_lists_no_folder_but_its_own(path: str) -> None:
    assert attempt("list", path)["errno"] in _REFUSED
    assert sorted(attempt("list", ".")["result"]) == ["answer.json", "request.json"]


def test_it_makes_no_files() -> None:
    assert attempt("write", "another")["errno"] in _REFUSED


def test_it_writes_nowhere_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    target = tmp_path / "outside"
    for path in (str(target), "../outside"):
        assert attempt("write", path)["errno"] in _REFUSED
    assert not target.exists()


@pytest.mark.parametrize(
    "act",
    ["fork", "execute", "start-thread", "signal-parent", "leave-namespace", "become-root"],
)
def test_it_stays_one_powerless_process(act: str) -> None:
    assert attempt(act)["errno"] in _REFUSED | {errno.EAGAIN}


# Calls that a process without any power may make, unless a filter refuses them.
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("socketpair", [socket.AF_UNIX, socket.SOCK_STREAM, 0, None]),
        ("kill", [0, 0]),
        ("ptrace", [0, 0, 0, 0]),
        ("personality", [-1]),
        ("setpriority", [0, 0, 19]),
        ("memfd_create", [None, 0]),
        ("inotify_init1", [0]),
        ("shmget", [0, 4096, 0o600]),
        ("msgget", [0, 0o600]),
        ("semget", [0, 1, 0o600]),
        ("prctl", [_PR_SET_PDEATHSIG, 0, 0, 0, 0]),
        ("fcntl", [0, _F_SETOWN, 1]),
        ("syscall", [_SYS_FCNTL, 0, _F_SETOWN, 1]),
        ("syscall", [_SYS_FCNTL, 0, _F_SETOWN | 1 << 40, 1]),
        ("syscall", [_SYS_FCNTL, 0, _F_SETOWN_EX, None]),
    ],
)
def test_its_calls_are_filtered(name: str, arguments: list[int | None]) -> None:
    assert attempt("call", name, *arguments)["errno"] == errno.EPERM


def test_it_opens_few_files() -> None:
    assert attempt("open-many")["errno"] == errno.EMFILE


def test_it_leaves_modes_alone() -> None:
    assert attempt("change-mode")["errno"] == errno.EPERM


def test_the_kernel_confirms_what_a_child_says_of_its_layers() -> None:
    with _asleep() as child:
        status = _table(child, "status", ":")
        assert {status[name].split()[0] for name in ("CapPrm", "CapEff")} == {"0" * 16}
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        limits = _table(child, "limits", "  ")
        for name in ("Max core file size", "Max processes"):
            assert limits[name].split()[:2] == ["0", "0"]
        for name in ("Max address space", "Max file size", "Max cpu time", "Max open files"):
            assert "unlimited" not in limits[name]
        for kind in ("net", "ipc"):
            assert _namespace(child, kind) != _namespace(os.getpid(), kind)
        # Who may not be watched belongs to root (proc(5), on PR_SET_DUMPABLE).
        assert Path(f"/proc/{child}/status").stat().st_uid == 0


@contextmanager
def _asleep() -> Iterator[int]:
    """Lend a child that has put on everything and sleeps."""
    with ThreadPoolExecutor(1) as worker:
        ended = worker.submit(refusal, "sleep", 60)
        assert processes.becomes_true(lambda: children.of(os.getpid()))
        child = children.of(os.getpid())[0]
        assert processes.becomes_true(lambda: _sleeps(child))
        yield child
        os.kill(child, signal.SIGKILL)
        assert ended.result() is Reason.CRASHED


def _table(process_id: int, name: str, separator: str) -> dict[str, str]:
    lines = Path(f"/proc/{process_id}/{name}").read_text().splitlines()
    rows = (line.partition(separator) for line in lines)
    return {key.strip(): value.strip() for key, _, value in rows}


def _namespace(process_id: int, kind: str) -> str:
    return os.readlink(f"/proc/{process_id}/ns/{kind}")


@pytest.mark.parametrize("act", ["link", "symlink"])
def test_it_makes_no_links(act: str) -> None:
    assert attempt(act, "/etc/passwd")["errno"] in _REFUSED


def test_it_is_nobody_where_the_worker_is_root() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become another")
    assert attempt("identity")["result"] == [NOBODY, NOBODY, NOBODY, 0]


def test_it_inherits_neither_environment_nor_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for children")
    handle = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(handle, True)  # noqa: FBT003 (its own signature)
    assert set(attempt("environment")["result"]) <= {"LC_CTYPE"}
    assert attempt("open-files")["result"] == [0, 2]
    assert attempt("input")["result"] == ""
    os.close(handle)


def test_it_gets_no_gigabyte() -> None:
    assert refusal("allocate") is Reason.OUT_OF_MEMORY


def test_it_does_not_spin_for_ever() -> None:
    limits = sandbox.Limits(wall_clock_seconds=20, cpu_seconds=1)
    assert refusal("spin", limits=limits) is Reason.TIMED_OUT


def test_it_does_not_sleep_for_ever() -> None:
    limits = sandbox.Limits(wall_clock_seconds=0.5)
    assert refusal("sleep", 60, limits=limits) is Reason.STARVED


@pytest.mark.parametrize(
    ("cpu_seconds", "reason"),
    [(0.0, Reason.STARVED), (23.9, Reason.STARVED), (24.0, Reason.TIMED_OUT)],
)
def test_who_used_four_fifths_of_the_time_has_had_it(cpu_seconds: float, reason: Reason) -> None:
    ending = fork_servers.Ending(-signal.SIGKILL, False, cpu_seconds, 0)  # noqa: FBT003 (its order)
    limits = sandbox.Limits(wall_clock_seconds=30)
    assert sandbox.reason_for_delay(ending, limits) is reason


def test_it_fills_no_disk() -> None:
    assert attempt("write-much", 2_000_000)["errno"] == errno.EFBIG


def test_an_answer_that_is_too_long_is_none() -> None:
    limits = sandbox.Limits(answer_bytes=1000)
    assert refusal("write-much", 1001, limits=limits) is Reason.MALFORMED


def test_layers_are_not_told_twice() -> None:
    assert attempt("speak")["errno"] == errno.EBADF


def test_it_goes_when_its_worker_is_killed(tmp_path: Path) -> None:
    code = (
        "from scanning import sandbox\n"
        f"job = sandbox.Job({escapes.__name__!r}, request={{'act': 'sleep', 'arguments': [60]}})\n"
        "sandbox.run(job, limits=sandbox.Limits(), is_strict=True)\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment) as worker:
        assert processes.becomes_true(lambda: children.of(worker.pid))
        assert processes.becomes_true(lambda: _sleeps(children.of(worker.pid)[0]))
        orphan = children.of(worker.pid)[0]
        worker.send_signal(signal.SIGKILL)
    assert processes.becomes_true(lambda: escapes.__name__ not in processes.command_of(orphan))


def _sleeps(process_id: int) -> bool:
    """Tell whether its layers stand, which a filter of calls shows (proc_pid_status(5))."""
    return "Seccomp:\t2" in Path(f"/proc/{process_id}/status").read_text()


def test_what_a_killed_worker_left_goes_with_a_later_scan() -> None:
    left, rules, fresh = (
        Path(tempfile.mkdtemp(prefix=f"mog-{each}-")) for each in ("scan", "fork-server", "scan")
    )
    for folder in (left, rules):
        os.utime(folder, (0, 0))
    with sandbox.work_folder():
        assert fresh.exists()
        assert not left.exists()
        assert not rules.exists()
    fresh.rmdir()
