"""What a single expression is made of."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from scanning.rules.code import python_tables as tables
from scanning.rules.code.python_names import Names, folded
from scanning.rules.code.python_scopes import MODULE, Place, Scopes, children
from scanning.rules.code.stores import is_personal_folder, is_secret_path, is_settings_path

_ENVIRONMENT = "os.environ"
_ALL_OF_IT = frozenset({"copy", "items", "values"})
_ONE_OF_IT = frozenset({"get", "group", "pop", "setdefault"})
# Shorter ones are settings: a colour, a flag.
_LEAST_REVEALED = 16
# Of all expressions of one program; what people write takes a tenth of it.
_MOST_STEPS = 400_000


class Tangled(Exception):
    """A program whose expressions lie within each other deeper than anybody writes."""


class Kind(StrEnum):
    """What a value is made of."""

    FETCHED = "what was fetched"
    DECODED = "what was decoded"
    # Decoded from a text that stands in the program.
    REVEALED = "a text that was encoded"
    ENVIRONMENT = "the whole environment"
    CREDENTIALS = "a file of credentials"
    # A file of variables; one of them is what programs read it for.
    SETTINGS = "a file of settings"
    ENCODED = "what was encoded"
    HOME = "a folder of a person"
    PACKED = "a whole folder in one file"
    # The path of it.
    FETCHED_FILE = "a file that was fetched"


class Part(NamedTuple):
    """Something that an expression reads.

    is_whole: its value is just that, and no text or list that it was put into. is_piece: one value
    out of several.
    """

    what: Place | Kind
    is_whole: bool
    is_piece: bool


class _Waiting(NamedTuple):
    node: ast.AST
    is_whole: bool
    is_piece: bool

    def on(self, node: ast.AST, *, is_whole: bool = True, is_piece: bool = False) -> "_Waiting":
        """Return what lies within."""
        return _Waiting(node, self.is_whole and is_whole, self.is_piece or is_piece)

    def part(self, what: Place | Kind) -> Part:
        """Return it as read."""
        return Part(what, self.is_whole, self.is_piece)


class Parts:
    """Reads the expressions of one program."""

    def __init__(self, names: Names, scopes: Scopes) -> None:
        self._names = names
        self._scopes = scopes
        self._steps = 0

    def of(self, expression: ast.expr, scope: int) -> Iterator[Part]:
        """Yield everything that an expression reads; raises Tangled."""
        texts: list[str] = []
        waiting = [_Waiting(expression, is_whole=True, is_piece=False)]
        while waiting:
            at = waiting.pop()
            self._count_step()
            match at.node:
                case ast.Constant(value=str() as text):
                    texts.append(text)
                    if 2 < len(text) <= tables.LONGEST_PATH:
                        yield at.part(Place("text", MODULE, text))
                case ast.Name(id=name):
                    yield at.part(self._scopes.place(name, scope))
                case ast.Attribute() | ast.Subscript():
                    yield from self._member(at, at.node, waiting)
                case ast.Call():
                    yield from self._call(at, at.node, waiting)
                case ast.comprehension():
                    # It binds names, and those are read.
                    pass
                case ast.BinOp() | ast.JoinedStr() | ast.FormattedValue() | ast.List():
                    inner = children(at.node)
                    waiting += [at.on(child, is_whole=False) for child in inner]
                case _:
                    waiting += [at.on(child) for child in children(at.node)]
        yield from _of_path("/".join(reversed(texts)), expression)

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Tangled

    def _member(
        self, at: _Waiting, node: ast.Attribute | ast.Subscript, waiting: list[_Waiting]
    ) -> Iterator[Part]:
        """Yield what an attribute or an item is itself; leave to be read what it is of."""
        if self._names.dotted(node) == _ENVIRONMENT:
            yield at.part(Kind.ENVIRONMENT)
        elif self._names.dotted(node.value) != _ENVIRONMENT:
            if isinstance(node, ast.Attribute):
                yield at.part(Place("attribute", MODULE, node.attr))
            waiting.append(at.on(node.value, is_piece=True))

    def _call(self, at: _Waiting, call: ast.Call, waiting: list[_Waiting]) -> Iterator[Part]:
        """Yield what a call gives; leave to be read what it is made from."""
        name = self._names.dotted(call.func)
        last = name.rpartition(".")[2]
        returned = self._scopes.returned_by(last)
        given = [*call.args, *(each.value for each in call.keywords)]
        if name.startswith(f"{_ENVIRONMENT}."):
            if last in _ALL_OF_IT:
                yield at.part(Kind.ENVIRONMENT)
        elif name in tables.FETCHING:
            yield at.part(Kind.FETCHED)
        elif name in tables.SAVING:
            yield at.part(Kind.FETCHED_FILE)
        elif name in tables.PACKING_FOLDERS:
            yield at.part(Kind.PACKED)
            waiting += [at.on(each) for each in given]
        elif name in tables.DECODING:
            yield at.part(Kind.REVEALED if _holds_text(call) else Kind.DECODED)
            waiting += [at.on(each) for each in given]
        elif name in tables.ENCODING or (last == "hex" and isinstance(call.func, ast.Attribute)):
            yield at.part(Kind.ENCODED)
            waiting += [at.on(each) for each in [*given, call.func]]
        elif returned:
            yield at.part(returned)
        else:
            waiting += [at.on(each, is_whole=name in tables.PASSING) for each in given]
            if isinstance(call.func, ast.Attribute):
                waiting.append(at.on(call.func.value, is_piece=last in _ONE_OF_IT))


def _of_path(path: str, expression: ast.expr) -> Iterator[Part]:
    """Yield what lies at the path that the texts of an expression make."""
    if is_secret_path(path):
        yield Part(Kind.CREDENTIALS, is_whole=False, is_piece=False)
    if is_settings_path(path):
        yield Part(Kind.SETTINGS, is_whole=False, is_piece=_is_one_of_it(expression))
    if is_personal_folder(path):
        yield Part(Kind.HOME, is_whole=False, is_piece=False)


def _is_one_of_it(expression: ast.expr) -> bool:
    match expression:
        case ast.Subscript() | ast.Attribute():
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _ONE_OF_IT
    return False


def _holds_text(call: ast.Call) -> bool:
    return any(len(folded(each) or "") >= _LEAST_REVEALED for each in call.args)
