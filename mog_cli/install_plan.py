"""What an installation works with: what was wished for, what has come, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mog_cli.lockfile import LockedPackage
from mog_package import Package, Target


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What the command line says besides the packages.

    `is_agreed`: a person has agreed to whatever would be asked. `is_frozen`: the lockfile stays.
    """

    targets: tuple[Target, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    is_agreed: bool = False
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one package; `before` is the version that was there."""

    name: str
    package: LockedPackage
    before: str | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that has come and is open, as it will be locked, and as it was."""

    name: str
    package: Package
    locked: LockedPackage
    before: LockedPackage | None

    @property
    def outcome(self) -> Outcome:
        version = self.before.version if self.before else None
        return Outcome(self.name, self.locked, version, is_changed=True)
