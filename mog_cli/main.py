"""The door of the command: answers `--version` on the spot and hands the rest to the program.

Nothing heavy is imported here. Click alone takes twice as long to load as a bare interpreter,
dataclasses as long as one, so the program is loaded by name once it is known to be needed.
"""

import importlib
import sys

from mog_cli import __version__, streams

# 128 + SIGINT, as shells report a command that was interrupted.
_EXIT_INTERRUPTED = 130


def main() -> int:
    """Run the command of this process and return its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        return streams.write_out(f"mog {__version__}\n")
    try:
        program = importlib.import_module("mog_cli.program")
        exit_code: int = program.run(arguments)
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED
    return exit_code
