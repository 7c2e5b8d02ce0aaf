"""The rules in force, as a child has them, in this process."""

import tempfile
from functools import cache
from pathlib import Path

from scanning import ruleset
from scanning.child import look, rulebook
from scanning.child.rulebook import Rulebook
from scanning.rules.rule import Hit
from scanning.rules.scanned_file import ScannedFile


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


def met(path: str, data: bytes) -> set[str]:
    """Return the ids of the rules that a file meets."""
    return {hit.rule_id for hit in hits(path, data)}
