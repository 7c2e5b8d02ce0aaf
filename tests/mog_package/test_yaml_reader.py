"""YAML from strangers: what is read, what is refused, and that nothing else can happen."""

import contextlib
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mog_package import yaml_reader
from mog_package.errors import ManifestError, Problem
from mog_package.rules import Rule

_scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=20)
_documents = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)


def problem_of(data: bytes) -> Problem:
    """Return why a document is refused."""
    with pytest.raises(ManifestError) as refusal:
        yaml_reader.read(data, file="mog.yaml")
    [problem] = refusal.value.problems
    return problem


def value_of(text: str) -> yaml_reader.Plain:
    """Return what a document says."""
    return yaml_reader.read(text.encode(), file="mog.yaml").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("true", True),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("1.0.0", "1.0.0"),
        ("2026-01-01", "2026-01-01"),
        ("1:30", "1:30"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("'12'", "12"),
        ("|\n 12", "12"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text: str, value: object) -> None:
    assert value_of(text) == value


def test_a_byte_order_mark_is_no_character_of_the_first_key() -> None:
    assert value_of("\ufeffname: x") == {"name": "x"}


def test_scalars_may_all_be_text() -> None:
    read = yaml_reader.read(b"a: 1.10\nb: true\nc:", file="x", is_all_text=True)
    assert read.value == {"a": "1.10", "b": "true", "c": ""}


@given(_documents)
def test_json_is_read_as_json(value: yaml_reader.Plain) -> None:
    nested = {"value": value}
    assert value_of(json.dumps(nested)) == nested


@given(_documents)
def test_what_yaml_writes_is_read_back(value: yaml_reader.Plain) -> None:
    text = yaml.safe_dump({"value": value}, default_style='"', allow_unicode=True)
    # Quoting everything tags what is no text; those tags are refused, so only texts are compared.
    if "!!" not in text:
        assert value_of(text) == {"value": value}


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with contextlib.suppress(ManifestError):
        yaml_reader.read(data, file="mog.yaml")


@given(st.text(alphabet="ab:-?[]{}&*!|>'\"%@#,\\\n\t x0Uu<~", max_size=60))
def test_no_punctuation_raises_anything_else(text: str) -> None:
    with contextlib.suppress(ManifestError):
        yaml_reader.read(text.encode(), file="mog.yaml")


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"a: " + b"x" * (64 * 1024), Rule.YAML_TOO_LARGE, None),
        (b"a: \xff", Rule.NOT_TEXT, None),
        (b"a: \x00", Rule.YAML_SYNTAX, None),
        (b'a: "\\UFFFFFFFF"', Rule.YAML_SYNTAX, None),
        (b'\na: "\\ud800"', Rule.YAML_SYNTAX, 2),
        (b'"\\udc00": 1', Rule.YAML_SYNTAX, 1),
        (b"a: b: c", Rule.YAML_SYNTAX, 1),
        (b"a: 1\n\tb: 2", Rule.YAML_SYNTAX, 2),
        (b"[a]: 1", Rule.YAML_SYNTAX, 1),
        (b"a: 1\n---\nb: 2", Rule.YAML_SYNTAX, 2),
        (b"a: 1\nb: !!python/object/apply:os.system [id]", Rule.YAML_TAG, 2),
        (b"!!str a: 1", Rule.YAML_TAG, 1),
        (b"%TAG ! tag:x,1:\n---\na: 1", Rule.YAML_TAG, 1),
        (b"a: &x 1", Rule.YAML_ALIAS, 1),
        (b"a: 1\nb: *x", Rule.YAML_ALIAS, 2),
        (b"*x : 1", Rule.YAML_ALIAS, 1),
        (b"<<: {a: 1}", Rule.YAML_ALIAS, 1),
        (b"a: 1\nb: 2\na: 3", Rule.YAML_DUPLICATE_KEY, 3),
        (b"x:\n  a: 1\n  'a': 3", Rule.YAML_DUPLICATE_KEY, 3),
        (b"[" * 11 + b"]" * 11, Rule.YAML_TOO_DEEP, 1),
        (b"[" * 60_000, Rule.YAML_TOO_DEEP, 1),
        (b"{a: " * 15_000, Rule.YAML_TOO_DEEP, 1),
        (b"- " * 30_000, Rule.YAML_TOO_DEEP, 1),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(
    data: bytes, rule: Rule, line: int | None
) -> None:
    problem = problem_of(data)
    assert (problem.rule, problem.line) == (rule, line)


def test_ten_levels_are_allowed() -> None:
    assert value_of("[" * 10 + "]" * 10) is not None


def test_every_value_knows_its_line() -> None:
    read = yaml_reader.read(b"a: 1\nb:\n  - x\n  - c: 2\n", file="x", first_line=5)
    assert read.line_of(("a",)) == 5
    assert read.line_of(("b",)) == 6
    assert read.line_of(("b", 1, "c")) == 8
    assert read.line_of(("b", 1, "absent")) == 8
