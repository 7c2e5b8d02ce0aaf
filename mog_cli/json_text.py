"""Change one member in the text of a JSON document; every other character stays.

The text is known to be valid, a mapping at its top, and no key stands twice. New members are
written in the manner of those around them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, yet not in typeshed
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object: where its key begins, and where its value begins and ends."""

    key: str
    begin: int
    value: int
    end: int


def put(text: str, path: Sequence[str], value: object) -> str:
    """Return the text with a value at a path of keys; missing objects on the way are made."""
    start = _skip(text, 0)
    for depth, key in enumerate(path):
        members = _members(text, start)
        found = next((member for member in members if member.key == key), None)
        if found is None:
            return _insert(text, start, members, key, _nested(path[depth + 1 :], value))
        if depth == len(path) - 1:
            shown = _shown(value, text, _indent_at(text, found.begin))
            return text[: found.value] + shown + text[found.end :]
        start = found.value
    raise AssertionError("a path has at least one key")


def remove(text: str, path: Sequence[str]) -> str:
    """Return the text without the member at a path of keys; it must be there."""
    start = _skip(text, 0)
    for key in path[:-1]:
        start = next(member.value for member in _members(text, start) if member.key == key)
    members = _members(text, start)
    index = next(i for i, member in enumerate(members) if member.key == path[-1])
    if len(members) == 1:
        return text[: start + 1] + text[_skip(text, members[0].end) :]
    if index == 0:
        return text[: members[0].begin] + text[members[1].begin :]
    return text[: members[index - 1].end] + text[members[index].end :]


def _members(text: str, start: int) -> list[_Member]:
    """Return the members of the object whose brace is at `start`, in their order."""
    members: list[_Member] = []
    position = _skip(text, start + 1)
    while text[position] != "}":
        key, after = scanstring(text, position + 1, True)  # noqa: FBT003 (its signature)
        value = _skip(text, _skip(text, after) + 1)
        end = _DECODER.raw_decode(text, value)[1]
        members.append(_Member(key, position, value, end))
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return members


def _insert(text: str, start: int, members: list[_Member], key: str, value: object) -> str:
    """Return the text with a member at the end of an object."""
    if members:
        last = members[-1]
        gap = text[start + 1 : members[0].begin]
        is_spread = "\n" in gap
        shown = _shown(value, text, _indent_at(text, last.begin) if is_spread else None)
        member = f",{gap if is_spread else ' '}{json.dumps(key, ensure_ascii=False)}: {shown}"
        return text[: last.end] + member + text[last.end :]
    outer = _indent_at(text, start)
    inner = outer + _unit(text)
    member = f"\n{inner}{json.dumps(key, ensure_ascii=False)}: {_shown(value, text, inner)}"
    return text[: start + 1] + f"{member}\n{outer}" + text[_skip(text, start + 1) :]


def _nested(path: Sequence[str], value: object) -> object:
    for key in reversed(path):
        value = {key: value}
    return value


def _shown(value: Any, text: str, indent: str | None) -> str:
    """Return a value as text whose further lines begin with an indentation; None for one line."""
    if indent is None:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=_unit(text))
    return lines.replace("\n", f"\n{indent}")


def _indent_at(text: str, position: int) -> str:
    """Return the white space that the line around a position begins with."""
    line = text[text.rfind("\n", 0, position) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """Return one step of indentation as the document has it."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None
    return found.end()
