"""Members of a JSON text come and go; every other character stays."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mog_cli import json_text

ENTRY = {"command": "x", "args": ["-y"]}
_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", '{\n  "s": {\n    "n": 1\n  }\n}'),
        ("{ }\n", '{\n  "s": {\n    "n": 1\n  }\n}\n'),
        ('{"a": 1}', '{"a": 1, "s": {"n": 1}}'),
        ('{\n    "a": [1,2]\n}', '{\n    "a": [1,2],\n    "s": {\n        "n": 1\n    }\n}'),
        ('{\n\t"s": {},\n\t"a": 1e2\n}', '{\n\t"s": {\n\t\t"n": 1\n\t},\n\t"a": 1e2\n}'),
        ('{"s": {"n": 0 , "m": 2}}', '{"s": {"n": 1 , "m": 2}}'),
        ('{\n  "s": {\n    "m": 2\n  }\n}', '{\n  "s": {\n    "m": 2,\n    "n": 1\n  }\n}'),
    ],
)
def test_a_member_is_put_in_the_manner_of_those_around_it(before: str, after: str) -> None:
    assert json_text.put(before, ("s", "n"), 1) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"s": {"n": 1}}', '{"s": {}}'),
        ('{"s": {"n": 1, "m": 2}}', '{"s": {"m": 2}}'),
        ('{"s": {"m": 2,\n "n": 1}}', '{"s": {"m": 2}}'),
        ('{"s": {\n  "n": 1\n}, "n": 3}', '{"s": {}, "n": 3}'),
    ],
)
def test_a_member_is_removed_with_its_comma(before: str, after: str) -> None:
    assert json_text.remove(before, ("s", "n")) == after


@given(
    document=st.dictionaries(st.text(max_size=3), _plain, max_size=4),
    servers=st.dictionaries(st.text(max_size=3), _plain, max_size=3),
    indent=st.sampled_from([None, 1, 2, "\t"]),
    name=st.text(max_size=3),
)
def test_what_is_put_is_there_and_all_else_as_before(
    document: dict[str, Any], servers: dict[str, Any], indent: int | str | None, name: str
) -> None:
    document["servers"] = servers
    text = json.dumps(document, indent=indent)
    put = json_text.put(text, ("servers", name), ENTRY)
    assert json.loads(put) == {**document, "servers": {**servers, name: ENTRY}}
    left = {key: servers[key] for key in servers if key != name}
    removed = json_text.remove(put, ("servers", name))
    assert json.loads(removed) == {**document, "servers": left}
    if left == servers and servers:
        assert removed == text
