"""A process tied to its parent ends with it, however the parent ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mog_site import parent_death
from tests import processes

pytestmark = pytest.mark.processes

_SLEEPING = f"{sys.executable} -c import time; time.sleep(60) "
# Starts a tied process that would run for a minute, says its id, and waits.
_PARENT = """
import subprocess, sys, time
from mog_site import parent_death
sleeper = (sys.executable, "-c", "import time; time.sleep(60)")
child = subprocess.Popen(parent_death.command(*sleeper, death_signal=int(sys.argv[1])))
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(params=[signal.SIGKILL, signal.SIGTERM])
def family(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A parent and the id of its tied child, for either signal of death."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _PARENT, str(int(request.param))]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # Tied and become what it is to be: it has no command line at the moment between the two.
        assert processes.becomes_true(lambda: processes.command_of(child) == _SLEEPING)
        yield parent, child
        parent.kill()


def test_it_ends_when_its_parent_is_killed(family: tuple[subprocess.Popen[str], int]) -> None:
    parent, child = family
    parent.kill()
    assert processes.becomes_true(lambda: not processes.command_of(child), seconds=5)


def test_it_runs_while_its_parent_does(family: tuple[subprocess.Popen[str], int]) -> None:
    _parent, child = family
    assert not processes.becomes_true(lambda: not processes.command_of(child), seconds=0.5)


def test_it_does_not_start_when_its_parent_is_gone_already() -> None:
    command = parent_death.command(sys.executable, "-c", "print('started')")
    gone = command.index(str(int(signal.SIGKILL))) - 1
    command[gone] = "1"
    started = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (started.returncode, started.stdout) == (1, "")
