"""Rules that neither a pattern nor a condition can say, each a module of its own.

A module has `RULES`, `look`, and the texts that its rules must and must not meet: `POSITIVE` and
`NEGATIVE`, by the rule's id.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from mog_package import Package
from scanning.rules.code import python_program
from scanning.rules.rule import Remark, Rule, Sighting
from scanning.rules.scanned_file import ScannedFile


class FileCheck(Protocol):
    """Looks at one file after the other."""

    RULES: tuple[Rule, ...]
    POSITIVE: Mapping[str, tuple[ScannedFile, ...]]
    NEGATIVE: Mapping[str, tuple[ScannedFile, ...]]

    def look(self, file: ScannedFile) -> Iterator[Sighting]:
        """Yield what the file shows, in time linear in its size."""


class PackageCheck(Protocol):
    """Looks at a package as a whole."""

    RULES: tuple[Rule, ...]
    POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]]
    NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]]

    def look(self, package: Package) -> Iterator[Remark]:
        """Yield what the package shows; files are read through its tree, one at a time."""


FILE_CHECKS: tuple[FileCheck, ...] = ()
PACKAGE_CHECKS: tuple[PackageCheck, ...] = (python_program,)
RULES: tuple[Rule, ...] = (
    *(rule for each in FILE_CHECKS for rule in each.RULES),
    *(rule for each in PACKAGE_CHECKS for rule in each.RULES),
)
