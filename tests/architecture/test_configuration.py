"""Every environment variable that the server reads is written down, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mog_site import sign_in

_ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("mog_site", "releases", "payments", "scanning", "catalog", "accounts", "audit")
_READERS = {"text", "flag", "integer", "seconds", "words", "path"}


def _read() -> set[str]:
    """Return the names as patterns: `{name}_CLIENT_ID` in code is `\\w+_CLIENT_ID` here."""
    names = set(sign_in.url_variables())
    for room in _ROOMS:
        for file in (_ROOT / room).rglob("*.py"):
            names |= set(_names_in(ast.parse(file.read_text(encoding="utf-8"))))
    return names


def _names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not is_call:
            continue
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Attribute)
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "env" and node.func.attr in _READERS:
            yield from _pattern(node.args[0])


def _pattern(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant):
        yield re.escape(str(argument.value))
    if isinstance(argument, ast.JoinedStr):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[A-Z]+"
            for part in argument.values
        )


def _written() -> set[str]:
    page = (_ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", page, re.M))


def test_every_variable_that_is_read_is_written_down() -> None:
    written = _written()
    assert [p for p in sorted(_read()) if not any(re.fullmatch(p, name) for name in written)] == []


def test_every_variable_that_is_written_down_is_read() -> None:
    patterns = _read()
    assert [n for n in sorted(_written()) if not any(re.fullmatch(p, n) for p in patterns)] == []
