"""Make files that were not there before: all of them or none."""

from collections.abc import Mapping
from pathlib import Path

from mog_cli.errors import AlreadyThere, CannotWrite


def create(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, in their order, by path below a folder; folders are made as needed.

    A file that exists is never touched. Whatever ends this early, Ctrl-C included, takes back
    what was made. Raises AlreadyThere and CannotWrite.
    """
    made: list[Path] = []
    try:
        for relative, content in files.items():
            path = folder / relative
            _make_folder(path.parent, made)
            _write(path, content, made)
    except BaseException as error:
        _take_back(made)
        if isinstance(error, OSError):
            raise _failure(error, folder) from error
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _write(path: Path, content: bytes, made: list[Path]) -> None:
    # "x": a file that appears between the look and the write stays as it is.
    with path.open("xb") as file:
        made.append(path)
        file.write(content)


def _take_back(made: list[Path]) -> None:
    """Remove in reverse what was made; a folder that somebody else has used meanwhile stays."""
    for path in reversed(made):
        try:
            path.rmdir() if path.is_dir() else path.unlink()
        except OSError:
            continue


def _failure(error: OSError, folder: Path) -> AlreadyThere | CannotWrite:
    where = error.filename or folder
    if isinstance(error, FileExistsError):
        return AlreadyThere(f"{where} is there already.", advice="Nothing was changed.")
    reason = error.strerror or type(error).__name__
    return CannotWrite(f"{where} cannot be written: {reason}.", advice="Nothing was changed.")
