"""Write to the standard streams without a traceback when nobody reads them."""

import os
import sys

_USUAL_COLUMNS = 80


def write_out(text: str) -> int:
    """Write to standard output and return an exit code: 1 when that is not possible, else 0.

    A reader who has gone is no news; another fault, such as a full disk, is told.
    """
    if sys.stdout is None:  # started with a closed stream, as in `mog ... >&-`
        return 0
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            write_err(f"mog: {error.strerror}.\n")
        _forget_stdout()
        return 1
    return 0


def write_err(text: str) -> None:
    """Write to standard error; there is nobody to tell when that fails."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        return


def is_interactive() -> bool:
    """Tell whether a person can be asked: input and both outputs are a terminal."""
    used = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in used)


def shows_progress() -> bool:
    """Tell whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def out_columns() -> int | None:
    """Return how wide the terminal at standard output is; None where none is."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    # As shutil does, which takes as long to load as all of the rest of `mog --version`.
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError):
        return _USUAL_COLUMNS


def _forget_stdout() -> None:
    # The interpreter flushes once more at its end; the null device takes what is left without a
    # complaint (Python's library reference, signal, "Note on SIGPIPE").
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
