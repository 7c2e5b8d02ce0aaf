"""The requests of programs in every language, read by lines: what is asked of whom."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from scanning.rules import linear

_ASSIGNED = linear.compiled(
    r"(?m)(?:^|[;{(,\s.])([A-Za-z_]\w{0,40})[ \t]*(?::[ \t]*\w+[ \t]*)?(?:=|:=|\+=)"
    r"\s*([^=\n;][^\n;]{0,300})"
)
_ADDRESS = re.compile(rb"https?://(?:[^/@\s\"'`]{1,60}@)?([a-zA-Z0-9.-]{3,80})")
_CALL = linear.compiled(
    r"(?:\b(?:fetch|axios|ky|got|superagent|urlopen|urlretrieve|Request|sendBeacon)"
    r"|\b(?:https?|requests|httpx|session|client|axios|ky|got|self\.\w+|this\.\w+|\w+)"
    r"\.(?:get|post|put|patch|request|Post|PostForm|NewRequest|Get)|Net::HTTP\.\w+)\s*\("
)
_COMMAND = linear.compiled(r"\b(?:curl|wget|xh|Invoke-RestMethod|irm)\s(?:[^\n\\]|\\\n|\\.){1,600}")
_SETTING = re.compile(rb"\benv(?:iron)?\.get\(")
_WORD = re.compile(rb"[A-Za-z_]\w{0,40}")
_LONGEST = 1500
_MOST = 200


def of(program: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where each request begins, and what it is given."""
    for found in islice(_CALL.finditer(program), _MOST):
        yield found.start(), _within(program, found.end())
    for found in islice(_COMMAND.finditer(program), _MOST):
        yield found.start(), found[0]


def assigned(program: bytes) -> list[tuple[bytes, bytes]]:
    """Return names, each with what it is given; a name may come more than once."""
    return [(found[1], found[2]) for found in islice(_ASSIGNED.finditer(program), _MOST)]


def is_answer(value: bytes) -> bool:
    """Tell whether a value is what a request brings, so that what was sent is not in it."""
    return _CALL.search(_SETTING.sub(b"", value)) is not None


def host(request: bytes, by_name: dict[bytes, str]) -> str:
    """Return where a request goes: what its address begins with, in words or by a name."""
    found = _ADDRESS.search(request)
    if found is not None:
        return found[1].decode()
    return next((by_name[word] for word in _WORD.findall(request) if word in by_name), "")


def hosts_by_name(given: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Return the hosts of the addresses that names are given first."""
    found: dict[bytes, str] = {}
    for name, value in given:
        if (address := _ADDRESS.search(value)) and not is_answer(value):
            found.setdefault(name, address[1].decode())
    return found


def hosts(program: bytes) -> set[str]:
    """Return the hosts of all addresses in a program."""
    return {each.decode() for each in _ADDRESS.findall(program)}


def names(text: bytes) -> set[bytes]:
    """Return the words of a text that may be names."""
    return set(_WORD.findall(text))


def _within(data: bytes, start: int) -> bytes:
    """Return what stands between a parenthesis and the one that closes it."""
    depth = 1
    for place in range(start, min(len(data), start + _LONGEST)):
        if data[place] in b"([{":
            depth += 1
        elif data[place] in b")]}":
            depth -= 1
            if not depth:
                return data[start:place]
    return data[start : start + _LONGEST]
