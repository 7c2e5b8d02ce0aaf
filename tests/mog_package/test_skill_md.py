"""SKILL.md: what a skill must say, and what it may."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mog_package import Problem, SkillError, read_skill
from mog_package.rules import Rule


def skill(front_matter: str) -> bytes:
    """Write a SKILL.md."""
    return f"---\n{front_matter}\n---\nDo it.\n".encode()


def problem(data: bytes) -> Problem:
    """Return the one problem of a SKILL.md."""
    with pytest.raises(SkillError) as refusal:
        read_skill(data)
    [found] = refusal.value.problems
    return found


def test_name_and_description_are_enough() -> None:
    read = read_skill(skill("name: pdf-tools\ndescription: Reads PDFs."))
    assert (read.name, read.description, read.warnings) == ("pdf-tools", "Reads PDFs.", ())


def test_every_field_of_the_specification_is_read_without_a_warning() -> None:
    read = read_skill(
        skill(
            "name: a\ndescription: b\nlicense: MIT\ncompatibility: git\n"
            "allowed-tools: Bash(git:*) Read\nmetadata:\n  author: acme\n  version: 1.0"
        )
    )
    assert (read.license, read.compatibility) == ("MIT", "git")
    assert read.allowed_tools == "Bash(git:*) Read"
    assert read.warnings == ()


@pytest.mark.parametrize(
    "front_matter",
    [
        "name: true\ndescription: 12",
        "name: '007'\ndescription: 1.10",
        "{name: a, description: flow style}",
        "name: a\ndescription: >-\n  folded\n  lines",
        "name: a\ndescription: b\nallowed-tools: [Read, Write]",
        "name: straße\ndescription: b",
        "# a comment\nname: a\ndescription: b",
        f"name: {'a' * 64}\ndescription: {'b' * 1024}\ncompatibility: {'c' * 500}",
    ],
)
def test_what_others_accept_is_accepted(front_matter: str) -> None:
    read_skill(skill(front_matter))


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf---\nname: a\ndescription: b\n---\n",
        b"---\r\nname: a\r\ndescription: b\r\n---\r\n",
        b"--- \nname: a\ndescription: b\n--- \nx",
        b"---\nname: a\ndescription: b\n---",
    ],
)
def test_line_ends_and_marks_of_other_systems_do_not_matter(data: bytes) -> None:
    assert read_skill(data).name == "a"


def test_an_extra_key_is_a_warning_with_its_nearest_name() -> None:
    [warning] = read_skill(skill("name: a\ndescription: b\nlicence: MIT")).warnings
    assert str(warning) == (
        "content/SKILL.md:4: licence: an unknown key: 'licence'; did you mean 'license'?"
    )


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"", Rule.SKILL_FRONT_MATTER, None),
        (b"# A skill\n", Rule.SKILL_FRONT_MATTER, None),
        (b"\n---\nname: a\n---\n", Rule.SKILL_FRONT_MATTER, None),
        (b"---\nname: a\ndescription: b\n", Rule.SKILL_FRONT_MATTER, None),
        (b"---\n---\n", Rule.SKILL_FRONT_MATTER, None),
        (b"---\n- name\n---\n", Rule.SKILL_FRONT_MATTER, None),
        (b"---\nname: \xff\n---\n", Rule.NOT_TEXT, None),
        (skill("name: a\ndescription: b: c"), Rule.YAML_SYNTAX, 3),
        (skill("name: a\nname: b\ndescription: c"), Rule.YAML_DUPLICATE_KEY, 3),
        (skill("name: &x a\ndescription: *x"), Rule.YAML_ALIAS, 2),
        (skill("name: a\ndescription: " + "b" * 65_536), Rule.YAML_TOO_LARGE, None),
        (skill("description: b"), Rule.SKILL_NAME, 2),
        (skill("name: A\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill("description: b\nname: a b"), Rule.SKILL_NAME, 3),
        (skill("name: -a\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill("name: a--b\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill("name: a_b\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill(f"name: {'a' * 65}\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill("name: [a]\ndescription: b"), Rule.SKILL_NAME, 2),
        (skill("name: a"), Rule.SKILL_DESCRIPTION, 2),
        (skill("name: a\ndescription: ''"), Rule.SKILL_DESCRIPTION, 3),
        (skill(f"name: a\ndescription: {'b' * 1025}"), Rule.SKILL_DESCRIPTION, 3),
        (skill(f"name: a\ndescription: b\ncompatibility: {'c' * 501}"), Rule.SKILL_FIELD, 4),
        (skill("name: a\ndescription: b\nlicense: [x]"), Rule.SKILL_FIELD, 4),
    ],
)
def test_what_no_client_can_use_is_refused(data: bytes, rule: Rule, line: int | None) -> None:
    found = problem(data)
    assert (found.rule, found.line, found.path) == (rule, line, "content/SKILL.md")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SkillError) as refusal:
        read_skill(skill("name: A B\ndescription:"))
    assert [found.key for found in refusal.value.problems] == ["name", "description"]


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with contextlib.suppress(SkillError):
        read_skill(b"---\n" + data + b"\n---\n")
