"""Versions X.Y.Z: three numbers, nothing else."""

import re
from dataclasses import dataclass
from typing import Self

from mog_package.errors import InvalidVersion
from mog_package.rules import Rule

# Semantic Versioning 2.0.0 section 2: no leading zeros. Nine digits fit every database's integer.
PATTERN = r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(PATTERN)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version; ordered by its numbers, not by its text."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1.2.3`.

        Raises InvalidVersion.
        """
        match = _VERSION.fullmatch(text)
        if match is None:
            raise InvalidVersion.of(Rule.BAD_VERSION, f"it must look like 1.2.3, not {text[:40]!r}")
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        """Write it as it was read."""
        return f"{self.major}.{self.minor}.{self.patch}"
