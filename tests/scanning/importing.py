"""A program of the sandbox that judges many files and packages, and tells what it had to import."""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mog_package import Package, PackageError, open_archive, validate
from scanning.child import facts, judge, look
from scanning.child.rulebook import Rulebook
from scanning.rules.scanned_file import ScannedFile

FILES = "files.json"
# Every archive stands in a file of this name and its number.
ARCHIVE = "archive"
prepare = judge.prepare


class _Recorder:
    """Stands before all finders: whoever asks is told that there is no such module."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        self.asked.append(name)
        raise ModuleNotFoundError(name)


def run(book: Rulebook) -> dict[str, Any]:
    """Answer which modules were asked for, and the rules that each file and archive met."""
    recorder = _Recorder()
    sys.meta_path.insert(0, recorder)
    met = {path: sorted(set(rules)) for path, rules in _judged(book)}
    return {"imported": sorted(set(recorder.asked)), "met": met}


def _judged(book: Rulebook) -> Iterator[tuple[str, list[str]]]:
    for path, data in json.loads(Path(FILES).read_bytes()).items():
        file = ScannedFile(path, base64.b64decode(data))
        yield path, [hit.rule_id for hit in look.at(file, book)]
    for path in sorted(Path().glob(f"{ARCHIVE}*")):
        yield path.name, _of_archive(path, book)


def _of_archive(path: Path, book: Rulebook) -> list[str]:
    with path.open("rb") as stream:
        try:
            package = validate(open_archive(stream))
        except PackageError as error:
            return [facts.of_problem(each)["rule"] for each in error.problems]
        return _of_package(package, book)


def _of_package(package: Package, book: Rulebook) -> list[str]:
    facts.of(package)
    return [hit.rule_id for hit in judge.hits(package, book)]
