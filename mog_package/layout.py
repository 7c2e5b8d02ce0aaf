"""Where the files of a package stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from mog_package import file_types
from mog_package.errors import Problem
from mog_package.manifest import Manifest
from mog_package.rules import Rule
from mog_package.targets import PackageType
from mog_package.tree import MANIFEST

CONTENT = "content/"
SKILL = "content/SKILL.md"
_SKILL_SCRIPTS = "content/scripts/"
_CHANGELOG = "CHANGELOG.md"


@dataclass(frozen=True, slots=True)
class Layout:
    """The places that one manifest allows."""

    manifest: Manifest

    @property
    def skill(self) -> str | None:
        """Return the path of SKILL.md where the package must have one."""
        return SKILL if self.manifest.type is PackageType.SKILL else None

    def allows_scripts(self, path: str) -> bool:
        """Tell whether a script may stand at `path`."""
        if self.manifest.type is PackageType.MCP:
            return path.startswith(CONTENT)
        is_skill = self.manifest.type is PackageType.SKILL
        return is_skill and self.manifest.executable and path.startswith(_SKILL_SCRIPTS)

    def problems(self, paths: Sequence[str]) -> list[Problem]:
        """Return what is missing, hidden or in the wrong place."""
        found = [*self._missing(paths)]
        for path in paths:
            if any(part.startswith(".") for part in path.split("/")):
                found.append(Problem(Rule.NAME_HIDDEN, path=path))
            elif not self._is_expected(path):
                found.append(Problem(Rule.UNEXPECTED_FILE, path=path))
        return found

    def _is_expected(self, path: str) -> bool:
        if path.startswith(CONTENT) or path in (MANIFEST, self.manifest.readme, _CHANGELOG):
            return True
        stem = path.removesuffix(".md").removesuffix(".txt")
        return stem in file_types.LICENCES

    def _missing(self, paths: Sequence[str]) -> list[Problem]:
        found: list[Problem] = []
        if self.manifest.readme not in paths:
            found.append(Problem(Rule.README_MISSING, path=self.manifest.readme))
        if not any(path.startswith(CONTENT) for path in paths):
            found.append(Problem(Rule.CONTENT_MISSING, path=CONTENT))
        elif self.skill and self.skill not in paths:
            found.append(Problem(Rule.SKILL_MISSING, path=self.skill))
        entrypoint = self.manifest.entrypoint
        if entrypoint and CONTENT + entrypoint not in paths:
            path = CONTENT + entrypoint
            found.append(Problem(Rule.ENTRYPOINT_MISSING, path=path))
        return found
