"""The JSON Schema says what the parser does, but for what no schema can say."""

import json
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from mog_package import ManifestError, manifest_schema, parse_manifest
from mog_package.rules import Rule
from tests.mog_package import packages

VALID: dict[str, Any] = {
    "name": "acme/pdf-tools",
    "version": "1.0.0",
    "type": "skill",
    "description": "Reads PDFs.",
}

_words = st.sampled_from(["", "x", "a/b", "ab/c", "ab/c-d", "1.0.0", "MIT", "README.md", "a b"])
_values = st.one_of(
    _words,
    st.none(),
    st.booleans(),
    st.integers(-1, 3),
    st.lists(_words | st.sampled_from(["cursor", "codex", "generic"]), max_size=3),
    st.dictionaries(st.sampled_from(["tools", "cursor", "x"]), st.lists(_words, max_size=2)),
    st.fixed_dictionaries(
        {"transport": st.sampled_from(["stdio", "http", "x"])},
        optional={
            "command": _words,
            "args": st.lists(_words, max_size=2),
            "url": st.sampled_from(["https://x.example", "x", ""]),
            "env": st.lists(st.fixed_dictionaries({"name": _words}), max_size=2),
            "more": _words,
        },
    ),
)
_keys = st.sampled_from([*manifest_schema()["properties"], "typ"])
_documents = st.tuples(
    st.dictionaries(_keys, _values, max_size=3), st.sets(st.sampled_from(sorted(VALID)), max_size=1)
).map(lambda pair: {key: VALID[key] for key in VALID if key not in pair[1]} | pair[0])

# What takes two keys to see, or a reader of paths, licences and addresses.
_BEYOND_A_SCHEMA = {
    Rule.BAD_LICENSE,
    Rule.BAD_INSTALL_PATH,
    "skill's slug",
    "that of a skill is",
    "only a skill says this",
    "only for type mcp",
    "server, for type mcp",
    "among the targets",
    "for stdio",
    "for http",
    "stands twice",
    Rule.NAME_DEVICE.says,
}


def _says_more_than_a_schema(error: ManifestError) -> bool:
    return all(
        any(reason in (problem.rule, *_parts(problem.detail)) for reason in _BEYOND_A_SCHEMA)
        for problem in error.problems
    )


def _parts(detail: str) -> list[str]:
    return [reason for reason in _BEYOND_A_SCHEMA if reason in detail]


def _refusal(document: dict[str, Any]) -> ManifestError | None:
    try:
        parse_manifest(json.dumps(document).encode())
    except ManifestError as error:
        return error
    return None


@given(_documents)
def test_parser_and_schema_agree(document: dict[str, Any]) -> None:
    is_valid = jsonschema.Draft202012Validator(manifest_schema()).is_valid(document)
    refusal = _refusal(document)
    if refusal is None:
        assert is_valid
    else:
        assert not is_valid or _says_more_than_a_schema(refusal), str(refusal)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    assert json.loads(json.dumps(manifest_schema())) == manifest_schema()


def test_every_key_is_described() -> None:
    properties = manifest_schema()["properties"]
    assert all(each["description"] for each in properties.values())
    assert set(properties) >= set(VALID)


def test_the_valid_document_of_these_tests_is_valid() -> None:
    assert parse_manifest(json.dumps(VALID).encode()) == parse_manifest(packages.manifest())
