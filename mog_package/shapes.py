"""What a document may look like, said once: the same shapes read it and write its JSON Schema.

Reading never stops at the first problem. A shape that cannot use a value notes why and returns
None; whoever reads looks at the notes before using what was read.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mog_package.errors import Problem
from mog_package.rules import Rule
from mog_package.yaml_reader import Document, Path, Plain

_KINDS = {str: "text", bool: "true or false", int: "a number", list: "a list", dict: "a mapping"}

_WHITE_SPACE = re.compile(r"[ \t\r\n]+")

# What a person can read and a terminal does not act on.
PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a shape reads, and the notes it shares with all others."""

    document: Document
    file: str
    path: Path = ()
    problems: list[Problem] = field(default_factory=list)

    def into(self, step: str | int) -> "Place":
        """Return the place of a value inside this one."""
        return Place(self.document, self.file, (*self.path, step), self.problems)

    def refuse(self, rule: Rule, detail: str) -> None:
        """Note a problem here."""
        line = self.document.line_of(self.path)
        self.problems.append(Problem(rule, detail, self.file, line, self.key))

    @property
    def key(self) -> str:
        """Return the path as people write it: `server.env[0].name`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).removeprefix(".")


class Shape(Protocol):
    """One kind of value."""

    def read(self, value: Plain, at: Place) -> Any:
        """Return the value as the program uses it; note problems at its place."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the value."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: white space is folded as YAML folds lines, then characters are counted.

    `rule` and `hint` say what is wrong when `pattern` does not match all of it; `convert` may
    raise ValueError with a reason that no schema can say.
    """

    shortest: int = 1
    longest: int = 200
    pattern: str = rf"{PRINTABLE}*"
    rule: Rule = Rule.BAD_VALUE
    hint: str = "it holds a control character"
    convert: Callable[[str], Any] = str

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, str, at)
        text = _WHITE_SPACE.sub(" ", value).strip(" ")
        if not self.shortest <= len(text) <= self.longest:
            detail = f"{len(text)} characters, between {self.shortest} and {self.longest}"
            return at.refuse(self.rule, detail)
        if not re.fullmatch(self.pattern, text):
            return at.refuse(self.rule, self.hint)
        try:
            return self.convert(text)
        except ValueError as error:
            return at.refuse(self.rule, str(error))

    def schema(self) -> dict[str, Any]:
        bounds = {"minLength": self.shortest, "maxLength": self.longest}
        return {"type": "string", **bounds, "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of an enumeration."""

    words: Callable[[str], Any]
    allowed: tuple[str, ...]
    rule: Rule = Rule.BAD_VALUE

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, str, at)
        if value not in self.allowed:
            return at.refuse(self.rule, f"{value[:40]!r}{nearest(value, self.allowed)}")
        return self.words(value)

    def schema(self) -> dict[str, Any]:
        return {"enum": [str(word) for word in self.allowed]}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: Plain, at: Place) -> Any:
        return value if isinstance(value, bool) else wrong_type(value, bool, at)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Several:
    """A list of one shape, read as a tuple."""

    of: Shape
    fewest: int = 0
    most: int = 50
    is_unique: bool = False

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, list):
            return wrong_type(value, list, at)
        if not self.fewest <= len(value) <= self.most:
            detail = f"{len(value)} of them, between {self.fewest} and {self.most}"
            return at.refuse(Rule.BAD_VALUE, detail)
        read = tuple(self.of.read(each, at.into(index)) for index, each in enumerate(value))
        if self.is_unique and len(set(read)) < len(read):
            return at.refuse(Rule.BAD_VALUE, "one of them stands twice")
        return read

    def schema(self) -> dict[str, Any]:
        bounds = {"minItems": self.fewest, "maxItems": self.most}
        unique = {"uniqueItems": True} if self.is_unique else {}
        return {"type": "array", "items": self.of.schema(), **bounds, **unique}


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys are words of one shape, and its values of another."""

    keys: Shape
    values: Shape

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, dict):
            return wrong_type(value, dict, at)
        return {
            self.keys.read(key, at.into(key)): self.values.read(each, at.into(key))
            for key, each in value.items()
        }

    def schema(self) -> dict[str, Any]:
        names, values = self.keys.schema(), self.values.schema()
        return {"type": "object", "propertyNames": names, "additionalProperties": values}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record."""

    shape: Shape
    says: str
    is_required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; every key is in what was read, with its default when absent."""

    keys: Mapping[str, Key]

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, dict):
            return wrong_type(value, dict, at)
        for name in value.keys() - self.keys.keys():
            detail = f"{name[:60]!r}{nearest(name, tuple(self.keys))}"
            at.into(name).refuse(Rule.UNKNOWN_KEY, detail)
        return {name: self._read_key(name, value, at) for name in self.keys}

    def _read_key(self, name: str, value: dict[str, Plain], at: Place) -> Any:
        key = self.keys[name]
        if name in value:
            return key.shape.read(value[name], at.into(name))
        if key.is_required:
            at.refuse(Rule.MISSING_KEY, name)
        return key.default

    def schema(self) -> dict[str, Any]:
        required = [name for name, key in self.keys.items() if key.is_required]
        return {
            "type": "object",
            "additionalProperties": False,
            "required": required,
            "properties": {
                name: {"description": key.says, **key.shape.schema()}
                for name, key in self.keys.items()
            },
        }


def wrong_type(value: Plain, wanted: type, at: Place) -> None:
    """Note that a value is of another type."""
    found = _KINDS.get(type(value), "a number" if isinstance(value, float) else "nothing")
    at.refuse(Rule.WRONG_TYPE, f"it must be {_KINDS[wanted]}, not {found}")


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return a hint at the known word that is most like this one; "" when none is."""
    like = difflib.get_close_matches(word[:60], known, n=1)
    return f"; did you mean {str(like[0])!r}?" if like else ""
