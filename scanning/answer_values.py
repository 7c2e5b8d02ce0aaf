"""Strict readers of single values in what a child says; each raises ValueError or TypeError."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

_Read = TypeVar("_Read")

SHORT = 240
LONG = 2_000
MANY = 2_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST = 2**31 - 1
# Surrogates cannot be stored, NUL not by PostgreSQL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def record(value: Any, *keys: str) -> Mapping[str, Any]:
    """Return a mapping with exactly these keys."""
    if not isinstance(value, dict) or set(value) != set(keys):
        raise TypeError(f"expected {', '.join(keys)}")
    return value


def several(value: Any, read: Callable[[Any], _Read], *, at_most: int = MANY) -> tuple[_Read, ...]:
    """Return a list, each of whose parts is read."""
    if not isinstance(value, list) or len(value) > at_most:
        raise TypeError(f"expected a list of {at_most} at most")
    return tuple(read(each) for each in value)


def text(value: Any, *, at_most: int = SHORT) -> str:
    """Return a text that a database can hold."""
    if not isinstance(value, str) or len(value) > at_most or _UNSTORABLE.search(value):
        raise TypeError(f"expected a text of {at_most} characters at most")
    return value


def long_text(value: Any) -> str:
    """Return a longer one."""
    return text(value, at_most=LONG)


def digest(value: Any) -> str:
    """Return a SHA-256 in lowercase hexadecimal."""
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise TypeError("expected a SHA-256")
    return value


def number(value: Any, *, at_most: int = _MOST) -> int:
    """Return a whole number from 0."""
    if type(value) is not int or not 0 <= value <= at_most:
        raise TypeError(f"expected a whole number up to {at_most}")
    return value


def flag(value: Any) -> bool:
    """Return a boolean."""
    if type(value) is not bool:
        raise TypeError("expected true or false")
    return value


def optional(value: Any, read: Callable[[Any], _Read]) -> _Read | None:
    """Return nothing for null."""
    return None if value is None else read(value)
