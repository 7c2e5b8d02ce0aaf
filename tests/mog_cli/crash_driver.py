"""Kill `mog` at every point where it touches the disk, one child process for each point.

    python crash_driver.py TEMPLATE PLACES FIRST STEP ARGUMENTS...

Copies TEMPLATE to PLACES/0001, PLACES/0002, ... and runs `mog ARGUMENTS` in its `project`, with its
`home` and `config`. Child n kills itself just before its n-th event, as `kill -9` and a power cut
would. Ends after the first child that lives to the end, and prints how many were killed.
"""

import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from mog_cli import program
from mog_cli.commands import install, uninstall
from mog_cli.commands import list as listing

# Loaded once here, and not again by every child.
_COMMANDS = (install, listing, uninstall)

# One of them each time a file or a folder is opened, made, renamed or removed.
_EVENTS = frozenset(
    {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.listdir"}
)


def main(template: Path, places: Path, first: int, step: int, arguments: Sequence[str]) -> int:
    """Run children until one of them lives."""
    number = first
    while True:
        place = places / f"{number:04}"
        shutil.copytree(template, place, symlinks=True)
        if not _dies(place, number, arguments):
            return number
        number += step


def _dies(place: Path, number: int, arguments: Sequence[str]) -> bool:
    child = os.fork()
    if child == 0:
        os.environ.update(HOME=str(place / "home"), XDG_CONFIG_HOME=str(place / "config"))
        os.chdir(place / "project")
        _die_at(number, place)
        os._exit(program.run(arguments))
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"mog failed by itself at {number}")
    return os.WIFSIGNALED(status)


def _die_at(number: int, place: Path) -> None:
    """Count the events below a place, and go at the n-th."""
    left = [number]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _EVENTS and str(arguments[0]).startswith(str(place)):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    template, places, first, step, *arguments = sys.argv[1:]
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (for the rest of the process)
    sys.stdout, said = sys.stderr, sys.stdout
    killed = main(Path(template), Path(places), int(first), int(step), arguments)
    said.write(f"{killed}\n")
