"""YAML from strangers: plain mappings, lists and scalars, each key with its line, nothing else.

Limits: 64 KB, ten levels, no tags, anchors, aliases, merge keys or duplicate keys, one document.
Scalars are read as YAML 1.2's core schema does (section 10.3.2): `yes` and `on` are words, `1e3` is
a number, dates and sexagesimals are text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from yaml import events

from mog_package.errors import ManifestError, Problem
from mog_package.rules import Rule

MAX_BYTES = 64 * 1024
MAX_DEPTH = 10

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = "tuple[str | int, ...]"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Eighteen digits fit 64 bits and keep int() from being slow on purpose.
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}(?:\.[0-9]{0,18})?)(?:[eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Document:
    """What was read, and the line of every value by its path, such as ("server", "env", 0)."""

    value: Plain
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int | None:
        """Return the line of a value or, where there is none, of the nearest one around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)


def read(data: bytes, *, file: str, first_line: int = 1, is_all_text: bool = False) -> Document:
    """Read one document; `first_line` is that of `data` within `file`.

    With `is_all_text` every scalar stays the text that it is written as.
    Raises ManifestError with one problem.
    """
    if len(data) > MAX_BYTES:
        raise ManifestError.of(Rule.YAML_TOO_LARGE, f"{len(data):,} bytes", path=file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ManifestError.of(Rule.NOT_TEXT, path=file) from None
    try:
        return _Reader(text, first_line=first_line, is_all_text=is_all_text).document()
    except _Broken as broken:
        line = broken.line + first_line
        raise ManifestError([Problem(broken.rule, broken.detail, file, line)]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + first_line
        problem = Problem(Rule.YAML_SYNTAX, error.problem or "", file, line)
        raise ManifestError([problem]) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # The reader's complaint about a character, or an escape such as \UFFFFFFFF: no line known.
        detail = "it holds a character that YAML forbids"
        raise ManifestError.of(Rule.YAML_SYNTAX, detail, path=file) from None


class _Broken(Exception):
    """A rule of this module is broken; `line` counts from 0."""

    def __init__(self, rule: Rule, detail: str, line: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail = detail
        self.line = line


class _Reader:
    """Builds values from the parser's events; the depth is bounded before it recurses."""

    def __init__(self, text: str, *, first_line: int, is_all_text: bool) -> None:
        self._first_line = first_line
        self._is_all_text = is_all_text
        # The pure parser on every computer, so that its verdicts are the same on all of them.
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        self._lines: dict[Path, int] = {}

    def document(self) -> Document:
        self._next()  # the stream begins
        start = self._next()
        if isinstance(start, events.StreamEndEvent):
            return Document(None, {(): self._first_line})
        if isinstance(start, events.DocumentStartEvent) and start.tags:
            raise _Broken(Rule.YAML_TAG, "a directive", _line(start))
        value = self._value(self._next(), ())
        self._next()  # the document ends
        end = self._next()
        if not isinstance(end, events.StreamEndEvent):
            raise _Broken(Rule.YAML_SYNTAX, "a second document", _line(end))
        return Document(value, self._lines)

    def _next(self) -> events.Event:
        return next(self._events)

    def _value(self, event: events.Event, path: Path) -> Plain:
        self._lines[path] = _line(event) + self._first_line
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise _Broken(Rule.YAML_ALIAS, "", _line(event))
        if getattr(event, "tag", None):
            raise _Broken(Rule.YAML_TAG, "", _line(event))
        if isinstance(event, events.ScalarEvent):
            return _well_formed(event) if self._is_all_text else _scalar(event)
        if len(path) >= MAX_DEPTH:
            raise _Broken(Rule.YAML_TOO_DEEP, f"at most {MAX_DEPTH} levels", _line(event))
        build: Callable[[Path], Plain] = self._list
        if isinstance(event, events.MappingStartEvent):
            build = self._mapping
        return build(path)

    def _list(self, path: Path) -> Plain:
        values: list[Plain] = []
        while not isinstance(event := self._next(), events.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> Plain:
        values: dict[str, Plain] = {}
        while not isinstance(event := self._next(), events.MappingEndEvent):
            key = self._key(event)
            if key in values:
                raise _Broken(Rule.YAML_DUPLICATE_KEY, key, _line(event))
            values[key] = self._value(self._next(), (*path, key))
            # The key's line, not the value's: a list may begin further down.
            self._lines[(*path, key)] = _line(event) + self._first_line
        return values

    def _key(self, event: events.Event) -> str:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise _Broken(Rule.YAML_ALIAS, "", _line(event))
        if getattr(event, "tag", None):
            raise _Broken(Rule.YAML_TAG, "", _line(event))
        if not isinstance(event, events.ScalarEvent):
            raise _Broken(Rule.YAML_SYNTAX, "a key must be a word", _line(event))
        if event.value == "<<" and event.style is None:
            raise _Broken(Rule.YAML_ALIAS, "a merge key", _line(event))
        return _well_formed(event)


def _line(event: events.Event) -> int:
    mark = event.start_mark
    return mark.line if mark else 0


def _well_formed(event: events.ScalarEvent) -> str:
    """Return the text of a scalar; halves of a pair, as JSON escapes them, become one character."""
    text: str = event.value
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _Broken(Rule.YAML_SYNTAX, "half a surrogate pair", _line(event)) from None


def _scalar(event: events.ScalarEvent) -> Plain:
    """Resolve a scalar; quoted and block ones are text."""
    text = _well_formed(event)
    if event.style is not None:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
