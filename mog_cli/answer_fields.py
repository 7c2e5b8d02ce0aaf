"""Fields of what the API answers; each function raises UnexpectedAnswer when one is strange."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from mog_cli import config
from mog_cli.errors import UnexpectedAnswer

_T = TypeVar("_T")
_LONGEST_WORD = 300
# What JSON carries exactly everywhere (RFC 8259 section 6).
_LARGEST_SIZE = 2**53 - 1


def required(body: Mapping[str, object], name: str, kind: type[_T]) -> _T:
    """Return a field that is promised."""
    value = optional(body, name, kind)
    if value is None:
        raise UnexpectedAnswer(
            f"The server's answer lacks {name}.", advice="Check MOG_API_URL, or upgrade mog."
        )
    return value


def optional(body: Mapping[str, object], name: str, kind: type[_T]) -> _T | None:
    """Return a field that may be absent or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UnexpectedAnswer(
            f"The server's answer has a strange {name}.",
            advice="Check MOG_API_URL, or upgrade mog.",
        )
    return value


def word(body: Mapping[str, object], name: str) -> str:
    """Return a promised name, version or state: it is shown, so it keeps to its line."""
    value = required(body, name, str)
    if len(value) > _LONGEST_WORD or not value.isprintable():
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.")
    return value


def size(body: Mapping[str, object], name: str) -> int:
    """Return a number of bytes or cents that may be absent, and then is zero."""
    value = optional(body, name, int) or 0
    if not 0 <= value <= _LARGEST_SIZE:
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.")
    return value


def safe_link(body: Mapping[str, object], name: str) -> str:
    """Return a link that is safe to open, nothing when there is none."""
    url = optional(body, name, str) or ""
    return url if config.is_safe_to_open(url) else ""


def link(body: Mapping[str, object], name: str) -> str:
    """Return a promised link that is safe to open."""
    url = required(body, name, str)
    if not config.is_safe_to_open(url):
        raise UnexpectedAnswer(f"The server's answer has an unsafe link in {name}.")
    return url


def moment(body: Mapping[str, object], name: str) -> datetime | None:
    """Return a moment that may be absent."""
    text = optional(body, name, str)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.") from None


def words(body: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return a list of texts; an absent one is empty."""
    return tuple(str(word) for word in optional(body, name, list) or ())


def items(body: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return a list of objects; an absent one is empty."""
    found = optional(body, name, list) or []
    if not all(isinstance(item, dict) for item in found):
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.")
    return found
