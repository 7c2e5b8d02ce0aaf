"""The rules in force, as a child has them, in this process."""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mog_package import open_archive, validate
from scanning import ruleset
from scanning.child import judge, look, rulebook
from scanning.child.rulebook import Rulebook
from scanning.rules.rule import Hit
from scanning.rules.scanned_file import ScannedFile
from tests.mog_package import packages


@cache
def of_all() -> Rulebook:
    """Return every open rule made ready."""
    rules = ruleset.load("")
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder, rulebook.COMPILED_YARA)
        compiled.write_bytes(rules.yara)
        return Rulebook(rules.request, compiled)


def hits(path: str, data: bytes) -> list[Hit]:
    """Return everything that rules meet in a file."""
    return list(look.at(ScannedFile(path, data), of_all()))


def met_by_package(contents: Mapping[str, bytes]) -> set[str]:
    """Return the ids of the rules that a package meets, made whole with what all have."""
    whole = packages.files(more="executable: true\n") | dict(contents)
    package = validate(open_archive(packages.zipped(whole)))
    return {hit.rule_id for hit in judge.hits(package, of_all())}


def met(path: str, data: bytes) -> set[str]:
    """Return the ids of the rules that a file meets."""
    return {hit.rule_id for hit in hits(path, data)}
