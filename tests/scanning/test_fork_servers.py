"""Fork servers: made ready once, used again and again, gone with whoever started them."""

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.conf import settings

from scanning import fork_servers, ruleset, sandbox
from scanning.errors import Reason, ScanInconclusive
from scanning.fork_servers import Preparation
from tests import processes
from tests.scanning import children, escapes, prepared

pytestmark = pytest.mark.processes

_LIMITS = sandbox.Limits(wall_clock_seconds=20)
_PREPARATION = Preparation(
    "first", prepared.__name__, request={"word": "made"}, files={"name": b"ready"}
)


@pytest.fixture(autouse=True)
def _no_server() -> None:
    fork_servers.end_waiting()


def _servers() -> set[int]:
    # Only this process's own: a site that another test has started has some, too.
    found = children.servers_of(os.getpid())
    return {each for each in found if processes.is_child_of(each, os.getpid())}


def _answer(preparation: Preparation | None = None, act: str = "identity") -> bytes:
    program = prepared if preparation else escapes
    job = sandbox.Job(program.__name__, {"act": act}, preparation=preparation)
    return sandbox.run(job, limits=_LIMITS, is_strict=True).answer


def test_one_server_does_one_job_after_the_other() -> None:
    _answer()
    first = _servers()
    _answer()
    assert len(first) == 1
    assert _servers() == first


def test_a_child_runs_on_what_was_prepared() -> None:
    assert _answer(_PREPARATION) == b'"made ready"'


def test_a_child_changes_nothing_for_the_next() -> None:
    answers = {_answer(_PREPARATION) for _ in range(3)}
    assert answers == {b'"made ready"'}
    assert len(_servers()) == 1


def test_other_rules_take_another_server() -> None:
    _answer(_PREPARATION)
    first = _servers()
    assert _answer(replace(_PREPARATION, key="second", files={"name": b"anew"})) == b'"made anew"'
    assert len(_servers()) == 1
    assert _servers() != first


def test_a_prepared_server_does_jobs_that_need_nothing() -> None:
    _answer(_PREPARATION)
    first = _servers()
    _answer()
    assert _servers() == first


def test_what_cannot_be_prepared_is_inconclusive() -> None:
    with pytest.raises(ScanInconclusive, match="FileNotFoundError") as raised:
        _answer(replace(_PREPARATION, files={}))
    assert raised.value.reason is Reason.CRASHED
    assert _servers() == set()


def test_a_server_of_other_code_judges_nothing() -> None:
    with pytest.raises(ScanInconclusive, match="other code"):
        _answer(replace(_PREPARATION, is_current=lambda: False))
    assert _servers() == set()


def test_a_server_that_died_meanwhile_is_replaced() -> None:
    _answer()
    (first,) = _servers()
    os.kill(first, signal.SIGKILL)
    # Its command is gone before it is dead.
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    _answer()
    assert len(_servers()) == 1


def test_a_server_that_dies_at_work_takes_its_child_along_and_concludes_nothing() -> None:
    with ThreadPoolExecutor(1) as worker:
        job = sandbox.Job(escapes.__name__, {"act": "sleep", "arguments": [60]})
        ended = worker.submit(sandbox.run, job, limits=_LIMITS, is_strict=True)
        assert processes.becomes_true(lambda: children.of(os.getpid()))
        (child,) = children.of(os.getpid())
        for server in _servers():
            os.kill(server, signal.SIGKILL)
        with pytest.raises(ScanInconclusive) as raised:
            ended.result()
    assert raised.value.reason is Reason.CRASHED
    assert processes.becomes_true(lambda: not processes.command_of(child))


def test_a_server_that_is_asked_to_end_finishes_for_its_worker() -> None:
    _answer()
    first = _servers()
    for server in first:
        for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(server, asked)
    _answer()
    assert _servers() == first


def test_a_server_without_room_for_files_is_replaced() -> None:
    _answer()
    (first,) = _servers()
    resource.prlimit(first, resource.RLIMIT_NOFILE, (3, 3))
    with pytest.raises(ScanInconclusive) as raised:
        _answer()
    assert raised.value.reason is Reason.CRASHED
    _answer()
    assert first not in _servers()


def test_what_a_worker_does_with_signals_is_not_its_childrens() -> None:
    code = (
        "import signal\nfrom scanning import sandbox\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())\n"
        f"job = sandbox.Job({escapes.__name__!r}, {{'act': 'spin'}})\n"
        "limits = sandbox.Limits(cpu_seconds=1)\n"
        "try: sandbox.run(job, limits=limits, is_strict=True)\n"
        "except sandbox.ScanInconclusive as error: print(error.reason)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, check=False
    )
    assert ended.stdout.decode().strip() == Reason.TIMED_OUT, ended.stderr


def test_a_process_forked_meanwhile_holds_no_job_up() -> None:
    job = sandbox.Job(escapes.__name__, {"act": "sleep", "arguments": [1]})
    with ThreadPoolExecutor(1) as worker:
        ended = worker.submit(sandbox.run, job, limits=_LIMITS, is_strict=True)
        assert processes.becomes_true(lambda: children.of(os.getpid()))
        forked = os.fork()
        if forked == 0:
            time.sleep(60)
            os._exit(0)
        try:
            assert ended.result(timeout=20).answer
        finally:
            os.kill(forked, signal.SIGKILL)
            os.waitpid(forked, 0)


def test_jobs_that_cannot_be_given_leave_no_file_open(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer()
    fork_servers.end_waiting()
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    for _ in range(3):
        with pytest.raises(OSError, match="nowhere"):
            _answer()
    assert len(os.listdir("/proc/self/fd")) == before


def test_threads_do_not_wait_for_each_other_and_one_server_stays() -> None:
    at_once = Barrier(3)

    def scan() -> None:
        with fork_servers.lent(None):
            at_once.wait(20)

    with ThreadPoolExecutor(3) as threads:
        for ended in [threads.submit(scan) for _ in range(3)]:
            ended.result()
    assert len(_servers()) == 1


def test_a_server_whose_job_was_interrupted_does_no_other() -> None:
    with pytest.raises(KeyboardInterrupt), fork_servers.lent(None):
        raise KeyboardInterrupt
    assert _servers() == set()


def test_a_forked_process_starts_its_own_and_leaves_its_parents_alone() -> None:
    _answer()
    first = _servers()

    def scan() -> int:
        _answer()
        own = children.servers_of(os.getpid())
        fork_servers.end_waiting()
        return 0 if own.isdisjoint(first) else 2

    assert processes.forked(scan) == 0
    _answer()
    assert _servers() == first


def test_it_goes_when_its_worker_is_killed() -> None:
    code = (
        "import time\nfrom scanning import fork_servers\n"
        "with fork_servers.lent(None): print('lent', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"lent\n"
        (server,) = children.servers_of(worker.pid)
        worker.kill()
    assert processes.becomes_true(lambda: not processes.command_of(server))


def test_the_rules_in_force_are_what_scans_are_prepared_with() -> None:
    rules = ruleset.current()
    preparation = ruleset.preparation(rules)
    assert preparation.key == rules.version
    assert preparation.request == rules.request
    assert preparation.is_current()
