"""What is wrong with a package, as values and as exceptions.

PackageError                 a package, or a part of one, breaks at least one rule
├── ArchiveError             the zip cannot be trusted; the first broken rule ends the reading
│   ├── FramingError         its records
│   ├── NamesError           its names and types
│   └── ContentsError        its real bytes
├── ManifestError            mog.yaml, and YAML in general
├── SkillError               SKILL.md
├── InvalidVersion           a version is not X.Y.Z
└── ValidationError          the package as a whole; carries everything that was found
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mog_package.rules import Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, and what exactly.

    `path` is the file inside the package, "" for the archive as a whole; `line` counts from 1;
    `key` is the dotted key of a YAML file, such as `server.env[0].name`; `detail` is a clause
    without a full stop. Path, key and detail may quote a stranger's text: escape before showing.
    """

    rule: Rule
    detail: str = ""
    path: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Say all of it in one line: `mog.yaml:3: targets: an unknown target: cursr`."""
        where = f"{self.path}:{self.line}" if self.path and self.line else self.path
        parts = (where, self.key, self.rule.says, self.detail)
        return ": ".join(part for part in parts if part)


class PackageError(Exception):
    """A package breaks at least one rule.

    `problems` is never empty.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        assert self.problems
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, rule: Rule, detail: str = "", *, path: str = "") -> Self:
        """Make one of a single problem."""
        return cls([Problem(rule, detail, path)])


class ArchiveError(PackageError):
    """The zip cannot be trusted; nothing behind the first broken rule was read."""


class FramingError(ArchiveError):
    """The records of the zip do not hold together."""


class NamesError(ArchiveError):
    """A name, or the type of an entry, is not allowed."""


class ContentsError(ArchiveError):
    """The real bytes are not what the zip declares, or too many."""


class ManifestError(PackageError):
    """The manifest cannot be used."""


class SkillError(PackageError):
    """SKILL.md cannot be used."""


class InvalidVersion(PackageError):
    """The text is not a version X.Y.Z."""


class ValidationError(PackageError):
    """A package breaks rules; carries everything that was found."""
