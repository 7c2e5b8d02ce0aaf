"""What flows where in one program: which names can hold what was fetched, decoded or secret.

Neither the order of statements nor what conditions say counts, so this errs to too much; what
reaches a dangerous call is told all the same.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from scanning.rules.code import python_tables as tables
from scanning.rules.code.python_names import Names
from scanning.rules.code.python_parts import Kind, Part, Parts
from scanning.rules.code.python_scopes import Place, Scopes

# Of these, one value is what programs are for.
_SEVERAL = frozenset({Kind.ENVIRONMENT, Kind.SETTINGS})
# In the mode of a file that is opened.
_WRITES = frozenset("wax+")


class Mark(NamedTuple):
    """A kind of value; `is_whole` as in `Part`."""

    kind: Kind
    is_whole: bool


class _Way(NamedTuple):
    """How a value gets from one place to another; as in `Part`."""

    target: Place
    is_whole: bool
    is_piece: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A call, the name of what is called, and the scope it stands in."""

    node: ast.Call
    name: str
    scope: int


class Flow:
    """The flow of one program."""

    def __init__(self, tree: ast.Module) -> None:
        """Follow every value; raises RecursionError or Tangled for what no person writes."""
        self._scopes = Scopes(tree)
        self.nodes = [node for node, _ in self._scopes.nodes]
        self.names = Names(self.nodes)
        self._parts = Parts(self.names, self._scopes)
        self._ways: dict[Place, list[_Way]] = defaultdict(list)
        self._marks: dict[Place, set[Mark]] = defaultdict(set)
        self._paths_of_files: dict[Place, list[Place]] = {}
        self.calls = [
            Called(node, self.names.dotted(node.func), scope)
            for node, scope in self._scopes.nodes
            if isinstance(node, ast.Call)
        ]
        for node, scope in self._scopes.nodes:
            self._follow(node, scope)
        self._spread(list(self._marks))
        self._spread(self._fetched_files())

    def marks(self, expression: ast.expr, scope: int) -> set[Mark]:
        """Return what an expression can be made of."""
        found: set[Mark] = set()
        for part in self._parts.of(expression, scope):
            if isinstance(part.what, Kind):
                found |= _carried({Mark(part.what, is_whole=True)}, part)
            else:
                found |= _carried(self._marks.get(part.what, ()), part)
        return found

    def kinds(self, expressions: Iterable[ast.expr], scope: int) -> set[Kind]:
        """Return the kinds of some expressions, whole or not."""
        return {mark.kind for each in expressions for mark in self.marks(each, scope)}

    def _follow(self, node: ast.AST, scope: int) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(body=value)):
                if function := self._scopes.returned_by(name):
                    self._flow(value, scope, function)
            case ast.Assign(targets=targets, value=value):
                self._bind(targets, value, scope)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
                | ast.For(target=target, iter=value)
                | ast.AsyncFor(target=target, iter=value)
                | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
            ):
                self._bind([target], value, scope)
            case ast.comprehension(target=target, iter=value, ifs=conditions):
                if not conditions or _looks_for_secrets(conditions):
                    self._bind([target], value, scope)
            case ast.Return(value=ast.expr() as value):
                self._flow(value, scope, self._scopes.returned(scope))
            case ast.Call():
                self._follow_call(node, scope)

    def _bind(self, targets: Iterable[ast.expr], value: ast.expr, scope: int) -> None:
        for target in targets:
            for place in self._scopes.written(target, scope):
                self._flow(value, scope, place)
                if isinstance(value, ast.Call):
                    self._note_file(place, value, scope)

    def _note_file(self, place: Place, call: ast.Call, scope: int) -> None:
        name = self.names.dotted(call.func)
        if name in tables.OPENING and call.args:
            self._paths_of_files[place] = self._places(call.args[0], scope)
        if name in tables.CONTAINERS or (name in tables.OPENING and _is_to_write(call)):
            for held in _held_in(call):
                for path in self._places(held, scope):
                    self._ways[place].append(_Way(path, is_whole=False, is_piece=False))

    def _places(self, expression: ast.expr, scope: int) -> list[Place]:
        return [
            each.what for each in self._parts.of(expression, scope) if isinstance(each.what, Place)
        ]

    def _flow(self, value: ast.expr, scope: int, target: Place) -> None:
        for part in self._parts.of(value, scope):
            if isinstance(part.what, Kind):
                self._marks[target] |= _carried({Mark(part.what, is_whole=True)}, part)
            else:
                self._ways[part.what].append(_Way(target, part.is_whole, part.is_piece))

    def _follow_call(self, call: ast.Call, scope: int) -> None:
        name = self.names.dotted(call.func).rpartition(".")[2]
        for parameter, value in self._scopes.given(call, name):
            self._flow(value, scope, parameter)
        if name in tables.FILLING and isinstance(call.func, ast.Attribute):
            for place in self._scopes.written(call.func.value, scope):
                for value in call.args:
                    self._flow(value, scope, place)

    def _spread(self, waiting: list[Place]) -> None:
        """Carry marks along every way until nothing changes."""
        while waiting:
            place = waiting.pop()
            for way in self._ways.get(place, ()):
                carried = _carried(self._marks[place], way)
                if not carried <= self._marks[way.target]:
                    self._marks[way.target] |= carried
                    waiting.append(way.target)

    def _fetched_files(self) -> list[Place]:
        """Mark the paths to which something fetched is written, and return them."""
        found = [place for called in self.calls for place in self._files_written_by(called)]
        for place in found:
            self._marks[place].add(Mark(Kind.FETCHED_FILE, is_whole=True))
        return found

    def _files_written_by(self, called: Called) -> list[Place]:
        function, args = called.node.func, called.node.args
        if called.name in tables.SAVING:
            return self._places(args[1], called.scope) if len(args) > 1 else []
        if not isinstance(function, ast.Attribute) or function.attr not in tables.WRITING:
            return []
        if Kind.FETCHED not in self.kinds(args, called.scope):
            return []
        return self._places_of_file(function.value, called.scope)

    def _places_of_file(self, file: ast.expr, scope: int) -> list[Place]:
        """Return what holds the path of a file, which is open, or named by a path itself."""
        places = self._places(file, scope)
        return [path for place in places for path in self._paths_of_files.get(place, [place])]


def _held_in(call: ast.Call) -> list[ast.expr]:
    """Return the path, or the buffer, that holds what is written."""
    return [*call.args[:1], *(each.value for each in call.keywords if each.arg == "fileobj")]


def _is_to_write(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & _WRITES
        for mode in modes
    )


def _carried(marks: Iterable[Mark], by: Part | _Way) -> set[Mark]:
    """Return what is left of marks on a way; one variable is no longer the environment."""
    return {
        Mark(mark.kind, mark.is_whole and by.is_whole)
        for mark in marks
        if not (by.is_piece and mark.kind in _SEVERAL)
    }


def _looks_for_secrets(conditions: Iterable[ast.expr]) -> bool:
    texts = (
        node.value.lower()
        for condition in conditions
        for node in ast.walk(condition)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return any(word in text for text in texts for word in tables.SECRET_WORDS)
