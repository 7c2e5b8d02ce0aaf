"""A package as a whole: every file judged, the manifest read, the layout checked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from mog_package import canonical, digest, file_types
from mog_package.canonical import Artifact
from mog_package.errors import PackageError, Problem, ValidationError
from mog_package.layout import Layout
from mog_package.manifest import Manifest, parse_manifest
from mog_package.rules import Rule
from mog_package.skill_md import read_skill
from mog_package.targets import PackageType
from mog_package.tree import MANIFEST, Tree


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file, its size in bytes and its SHA-256 in lowercase hexadecimal."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A tree that keeps every rule; `warnings` break none.

    `files` are in the order of their UTF-8 paths.
    """

    manifest: Manifest
    files: tuple[PackageFile, ...]
    warnings: tuple[Problem, ...]
    tree: Tree = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """The sum of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def runs_code(self) -> bool:
        """Tell whether using it runs a program that it names or brings."""
        is_server = self.manifest.type is PackageType.MCP
        return is_server or any(file_types.is_script(file.path) for file in self.files)


def validate(tree: Tree) -> Package:
    """Judge a tree; every file is read once, one is in memory at a time.

    Raises ValidationError with everything that is wrong; ArchiveError when the bytes of a zip
    are not what it promised.
    """
    manifest = _read_manifest(tree)
    examination = _Examination(tree, manifest)
    files = tuple(examination.judge_files())
    problems = Layout(manifest).problems(tree.paths) + examination.problems
    if problems:
        raise ValidationError(problems)
    return Package(manifest, files, tuple(examination.warnings), tree)


def write_canonical(package: Package, output: BinaryIO) -> Artifact:
    """Write the canonical archive of a package.

    Raises ValidationError when a file is no longer the one that was judged.
    """
    return canonical.write(_unchanged(package), output)


def _unchanged(package: Package) -> Iterator[tuple[str, bytes]]:
    for file in package.files:
        data = package.tree.read(file.path)
        if digest.sha256_of_bytes(data) != file.sha256:
            raise ValidationError.of(Rule.CANNOT_READ, "it was changed meanwhile", path=file.path)
        yield file.path, data


def _read_manifest(tree: Tree) -> Manifest:
    """Return the manifest; without one nothing else can be judged."""
    if MANIFEST not in tree.paths:
        raise ValidationError.of(Rule.MANIFEST_MISSING, "at the top of the package")
    try:
        return parse_manifest(tree.read(MANIFEST))
    except PackageError as error:
        raise ValidationError(error.problems) from error


class _Examination:
    """Gathers what the files of one package show."""

    def __init__(self, tree: Tree, manifest: Manifest) -> None:
        self._tree = tree
        self._manifest = manifest
        self._layout = Layout(manifest)
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def judge_files(self) -> Iterator[PackageFile]:
        """Judge every file; yield what is to be known of it later."""
        for path in self._tree.paths:
            data = self._tree.read(path)
            self.problems.extend(self._problems_of(path, data))
            yield PackageFile(path, len(data), digest.sha256_of_bytes(data))

    def _problems_of(self, path: str, data: bytes) -> Iterator[Problem]:
        scripts_allowed = self._layout.allows_scripts(path)
        problem = file_types.name_problem(path, scripts_allowed=scripts_allowed)
        problem = problem or file_types.bytes_problem(path, data)
        if problem:
            yield problem
        elif path == self._layout.skill:
            yield from self._skill_problems(path, data)

    def _skill_problems(self, path: str, data: bytes) -> Iterator[Problem]:
        try:
            skill = read_skill(data)
        except PackageError as error:
            yield from error.problems
            return
        self.warnings.extend(skill.warnings)
        # agentskills.io: the name is that of the folder, which is the slug once it is installed.
        if skill.name != self._manifest.slug:
            detail = f"{skill.name} must be {self._manifest.slug}, the folder it is installed in"
            yield Problem(Rule.SKILL_NAME, detail, path, key="name")
