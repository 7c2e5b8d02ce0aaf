"""Where the files of a package stand, and what it is as a whole."""

import io

import pytest

from mog_package import PackageType, ValidationError, open_archive, validate
from mog_package.rules import Rule
from tests.mog_package import packages
from tests.mog_package.packages import MemoryTree


@pytest.mark.parametrize("kind", list(PackageType))
def test_a_package_of_every_type_is_valid(kind: PackageType) -> None:
    package = validate(MemoryTree(packages.files(kind)))
    assert package.manifest.type is kind
    assert [file.path for file in package.files] == sorted(packages.files(kind))
    assert package.size_bytes == sum(map(len, packages.files(kind).values()))
    assert package.warnings == ()


@pytest.mark.parametrize("top", ["", "pdf-tools-1.0.0/"])
def test_one_folder_around_the_package_is_taken_off(top: str) -> None:
    package = validate(open_archive(packages.zipped(packages.files(), top=top)))
    assert [file.path for file in package.files] == sorted(packages.files())


def test_two_folders_around_the_package_are_too_many() -> None:
    with pytest.raises(ValidationError) as refusal:
        validate(open_archive(packages.zipped(packages.files(), top="a/b/")))
    assert refusal.value.problems[0].rule is Rule.MANIFEST_MISSING


def test_what_other_tools_leave_behind_is_dropped() -> None:
    left = {
        "__MACOSX/pdf/._mog.yaml": b"\0\x05\x16\x07",
        "pdf/.DS_Store": b"\0\0\0\1Bud1",
        "pdf/.git/hooks/post-checkout": b"#!/bin/sh\n",
        "pdf/content/__pycache__/a.pyc": b"\0",
        "pdf/content/._SKILL.md": b"\0",
        "pdf/Thumbs.db": b"\0",
    }
    wrapped = {f"pdf/{path}": data for path, data in packages.files().items()}
    package = validate(open_archive(packages.zipped({**left, **wrapped})))
    assert [file.path for file in package.files] == sorted(packages.files())


def test_licences_changelog_and_a_readme_of_another_name_are_expected() -> None:
    more = {"LICENSE": b"(c)", "NOTICE.md": b"(c)", "COPYING.txt": b"(c)", "CHANGELOG.md": b"-"}
    files = {**packages.files(more="readme: LIESMICH.md\n"), **more, "LIESMICH.md": b"-"}
    del files["README.md"]
    assert packages.rules(files) == []


def _without(path: str) -> dict[str, bytes]:
    return {name: data for name, data in packages.files().items() if name != path}


def _with(path: str, data: bytes = b"text\n", more: str = "") -> dict[str, bytes]:
    return {**packages.files(more=more), path: data}


@pytest.mark.parametrize(
    ("files", "rule", "path"),
    [
        ({}, Rule.MANIFEST_MISSING, ""),
        (_without("mog.yaml"), Rule.MANIFEST_MISSING, ""),
        ({"MOG.YAML": packages.manifest()}, Rule.MANIFEST_MISSING, ""),
        (_without("README.md"), Rule.README_MISSING, "README.md"),
        ({**_without("README.md"), "readme.md": b"-"}, Rule.README_MISSING, "README.md"),
        (_without("content/SKILL.md"), Rule.CONTENT_MISSING, "content/"),
        (
            {**_without("content/SKILL.md"), "content/skill.md": packages.SKILL},
            Rule.SKILL_MISSING,
            "content/SKILL.md",
        ),
        (
            {**packages.files(PackageType.RULE, more="entrypoint: b.md\n")},
            Rule.ENTRYPOINT_MISSING,
            "content/b.md",
        ),
        (_with("notes.md"), Rule.UNEXPECTED_FILE, "notes.md"),
        (_with("docs/a.md"), Rule.UNEXPECTED_FILE, "docs/a.md"),
        (_with("mog.yml"), Rule.UNEXPECTED_FILE, "mog.yml"),
        (_with("content/.env.md"), Rule.NAME_HIDDEN, "content/.env.md"),
        (_with("content/.claude/settings.json"), Rule.NAME_HIDDEN, "content/.claude/settings.json"),
        (_with(".github/workflows/ci.yml"), Rule.NAME_HIDDEN, ".github/workflows/ci.yml"),
        (
            _with("content/SKILL.md", b"---\nname: other\ndescription: x\n---\n"),
            Rule.SKILL_NAME,
            "content/SKILL.md",
        ),
        (_with("content/SKILL.md", b"# none\n"), Rule.SKILL_FRONT_MATTER, "content/SKILL.md"),
    ],
)
def test_what_is_missing_or_misplaced_is_named(
    files: dict[str, bytes], rule: Rule, path: str
) -> None:
    found = packages.rules(files)
    assert (rule, path) in found
    assert len([one for one in found if one[0] is not Rule.UNEXPECTED_FILE]) <= 2


def test_everything_that_is_wrong_is_said_at_once() -> None:
    files = {**_without("README.md"), "notes.md": b"\xff", "content/a.zip": b"PK"}
    assert set(packages.rules(files)) == {
        (Rule.README_MISSING, "README.md"),
        (Rule.UNEXPECTED_FILE, "notes.md"),
        (Rule.NOT_TEXT, "notes.md"),
        (Rule.FILE_TYPE, "content/a.zip"),
    }


@pytest.mark.parametrize(
    ("kind", "more", "extra", "runs"),
    [
        (PackageType.SKILL, "", {}, False),
        (PackageType.SKILL, "executable: true\n", {}, False),
        (PackageType.SKILL, "executable: true\n", {"content/scripts/a.sh": b"ls\n"}, True),
        (PackageType.RULE, "", {}, False),
        (
            PackageType.MCP,
            "server: {transport: http, url: 'https://x.example'}\n",
            {},
            True,
        ),
    ],
)
def test_code_that_runs_is_known(
    kind: PackageType, more: str, extra: dict[str, bytes], *, runs: bool
) -> None:
    assert validate(MemoryTree({**packages.files(kind, more=more), **extra})).runs_code is runs


def test_warnings_of_a_skill_are_kept() -> None:
    text = b"---\nname: pdf-tools\ndescription: x\ncolour: red\n---\n"
    [warning] = validate(MemoryTree(_with("content/SKILL.md", text))).warnings
    assert (warning.rule, warning.key) == (Rule.UNKNOWN_KEY, "colour")


def test_an_empty_zip_is_a_package_without_a_manifest() -> None:
    with pytest.raises(ValidationError) as refusal:
        validate(open_archive(io.BytesIO(b"PK\x05\x06" + bytes(18))))
    assert refusal.value.problems[0].rule is Rule.MANIFEST_MISSING
