"""Begin a package: ask what is not said, make its files, and hold them against every rule first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

import mog_package
from mog_cli import findings, local_package, new_files, slugs, starters
from mog_cli.errors import AlreadyThere, UsageError
from mog_cli.starters import Start
from mog_package import Package, PackageError, PackageType, Problem, file_types

_SKILL = "SKILL.md"
_CONTENT = "content/"


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What the command line says of a new package; None where it says nothing."""

    type: PackageType | None
    name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A package that was made, and the files that were written, in their order."""

    package: Package
    paths: tuple[str, ...]


def begin(folder: Path, options: StartOptions, *, may_ask: bool) -> Begun:
    """Make a new package in a folder.

    Raises AlreadyThere, CannotWrite, and PackageRefused when the options break a rule.
    """
    _refuse_a_package(folder)
    if (folder / _SKILL).is_file():
        raise UsageError(
            f"{folder} is a skill already, and a package holds its skill in content/.",
            advice=f"Make a package with a copy of it: mog init NEW_FOLDER --from {folder}",
        )
    start = Start(
        type=options.type or PackageType.SKILL,
        name=options.name or f"{slugs.of_user()}/{slugs.of_folder(folder)}",
        description=options.description or "Say in one sentence what it does, and when to use it.",
    )
    if may_ask:
        start = _ask(start, options)
    return _make(folder, start, content=None)


def begin_with(folder: Path, skill: Path, options: StartOptions, *, may_ask: bool) -> Begun:
    """Make a new package in a folder with a copy of a skill.

    Raises the same, and PackageRefused when the skill breaks a rule.
    """
    _refuse_a_package(folder)
    if options.type not in (None, PackageType.SKILL):
        raise UsageError(f"--from makes a skill, not a {options.type}.")
    content = _read_skill_folder(skill)
    told = _read_skill(content[_SKILL], skill)
    start = Start(
        type=PackageType.SKILL,
        name=options.name or f"{slugs.of_user()}/{told.name}",
        description=options.description or told.description,
        is_executable=any(file_types.is_script(path) for path in content),
    )
    if may_ask and not options.name:
        start = _ask_name(start)
    return _make(folder, start, content={_CONTENT + path: content[path] for path in content})


def _refuse_a_package(folder: Path) -> None:
    if (folder / local_package.MANIFEST).exists():
        where = "" if folder == Path() else f" {folder}"
        raise AlreadyThere(
            f"{folder / local_package.MANIFEST} is there already.",
            advice=f"Change it, then run: mog validate{where}",
        )


def _make(folder: Path, start: Start, *, content: Mapping[str, bytes] | None) -> Begun:
    files = starters.files(start, content=content)
    try:
        package = mog_package.validate(_Planned(files))
    except PackageError as error:
        raise findings.refusal("What would be made", error.problems) from error
    new_files.create(folder, files)
    return Begun(package, tuple(files))


@dataclass(frozen=True, slots=True)
class _Planned:
    """Files that are not written yet, as a tree."""

    files: Mapping[str, bytes]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files, key=str.encode))

    def read(self, path: str) -> bytes:
        return self.files[path]


def _read_skill_folder(skill: Path) -> dict[str, bytes]:
    try:
        tree = mog_package.open_directory(skill)
        files = {path: tree.read(path) for path in tree.paths}
    except PackageError as error:
        raise findings.refusal(str(skill), error.problems) from error
    except NotADirectoryError:
        raise UsageError(f"{skill} is not a folder.", advice="--from takes a skill's.") from None
    except FileNotFoundError:
        raise UsageError(f"{skill} does not exist.", advice="--from takes a skill's.") from None
    if _SKILL not in files:
        raise UsageError(f"{skill} holds no {_SKILL}.", advice="--from takes a skill's folder.")
    return files


def _read_skill(data: bytes, skill: Path) -> mog_package.Skill:
    try:
        return mog_package.read_skill(data)
    except PackageError as error:
        raise findings.refusal(str(skill), error.problems) from error


def _ask(start: Start, options: StartOptions) -> Start:
    if options.type is None:
        kinds = click.Choice([kind.value for kind in PackageType])
        chosen = click.prompt("Type", default=start.type.value, type=kinds)
        start = replace(start, type=PackageType(chosen))
    if options.name is None:
        start = _ask_name(start)
    if options.description is None:
        start = _ask_description(start)
    return start


def _ask_name(start: Start) -> Start:
    def check(text: str) -> Start:
        return _checked(replace(start, name=text.strip()), key="name")

    return _prompt("Name (vendor/slug)", start.name, check)


def _ask_description(start: Start) -> Start:
    def check(text: str) -> Start:
        return _checked(replace(start, description=text.strip()), key="description")

    return _prompt("Description", start.description, check)


def _prompt(question: str, default: str, check: Callable[[str], Start]) -> Start:
    return click.prompt(question, default=default, value_proc=check)


def _checked(start: Start, *, key: str) -> Start:
    """Return a start whose answer keeps the rules; click asks again otherwise."""
    try:
        mog_package.parse_manifest(starters.manifest(start))
    except PackageError as error:
        for problem in error.problems:
            if problem.key == key:
                raise click.BadParameter(_said(problem)) from None
    return start


def _said(problem: Problem) -> str:
    return ": ".join(part for part in (problem.rule.says, problem.detail) if part)
