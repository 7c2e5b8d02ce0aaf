"""Disturb `mog` at every point where it touches the disk, one child process for each point.

    python crash_driver.py kill|fail TEMPLATE PLACES FIRST STEP ARGUMENTS...

Copies TEMPLATE to PLACES/0001, PLACES/0002, ... and runs `mog ARGUMENTS` in its `project`, with its
`home` and `config`. Child n is disturbed just before its n-th event: it kills itself, as `kill -9`
would, or the disk fails once. PLACES/000n/status is what became of it. Ends after the first child
that is not disturbed, and prints its number.
"""

import errno
import itertools
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from mog_cli import program
from mog_cli.commands import install, uninstall
from mog_cli.commands import list as listing

# Loaded once here, and not again by every child.
_COMMANDS = (install, listing, uninstall)

# One of them each time a file or a folder is opened, made, renamed or removed.
_EVENTS = frozenset(
    {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.listdir"}
)


_UNDISTURBED = 77


def main(
    how: str, template: Path, places: Path, numbers: Iterable[int], arguments: Sequence[str]
) -> int:
    """Run children until one of them is not disturbed; returns its number."""
    for number in numbers:
        place = places / f"{number:04}"
        shutil.copytree(template, place, symlinks=True)
        child = os.fork()
        if child == 0:
            _run(how, place, number, arguments)
        status = os.waitpid(child, 0)[1]
        (place / "status").write_text(str(status))
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _UNDISTURBED:
            return number
        assert how == "fail" or os.WIFSIGNALED(status), f"mog failed by itself at {number}"
    raise AssertionError("there is always one more number")


def _run(how: str, place: Path, number: int, arguments: Sequence[str]) -> NoReturn:
    os.environ.update(HOME=str(place / "home"), XDG_CONFIG_HOME=str(place / "config"))
    os.chdir(place / "project")
    left = _count_down(how, place, number)
    exit_code = program.run(arguments)
    os._exit(_UNDISTURBED if left[0] > 0 and exit_code == 0 else exit_code)


def _count_down(how: str, place: Path, number: int) -> list[int]:
    """Count the events below a place, and disturb the n-th; returns how many are left."""
    left = [number]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _EVENTS and str(arguments[0]).startswith(str(place)):
            left[0] -= 1
            if left[0] == 0 and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if left[0] == 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(arguments[0]))

    sys.addaudithook(hook)
    return left


if __name__ == "__main__":
    how, template, places, first, step, *arguments = sys.argv[1:]
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (for the rest of the process)
    sys.stdout, said = sys.stderr, sys.stdout
    numbers = itertools.count(int(first), int(step))
    last = main(how, Path(template), Path(places), numbers, arguments)
    said.write(f"{last}\n")
