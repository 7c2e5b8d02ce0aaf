"""Which name is which in one program."""

import ast
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

MODULE = 0
_DEFINING = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign})
_TELLING = frozenset(
    {
        *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor),
        *(ast.withitem, ast.comprehension, ast.Return, ast.Call, ast.Import, ast.ImportFrom),
        ast.If,
    }
)
_SELVES = frozenset({"self", "cls"})


class Place(NamedTuple):
    """Something that can hold a value: a name in a scope, an attribute, what a function returns."""

    sort: str
    scope: int
    name: str


class Scopes:
    """The functions of a program, by number; the module itself is the first."""

    def __init__(self, tree: ast.Module) -> None:
        self._outer = [MODULE]
        self._names = [""]
        self._bound: list[set[str]] = [set()]
        self._functions: dict[str, tuple[int, list[str]]] = {}
        self.nodes = list(self._walked(tree))

    def place(self, name: str, scope: int) -> Place:
        """Return where a name is bound, as seen from a scope."""
        while scope != MODULE and name not in self._bound[scope]:
            scope = self._outer[scope]
        return Place("name", scope, name)

    def returned(self, scope: int) -> Place:
        """Return what a function gives back."""
        return Place("returned", MODULE, self._names[scope])

    def returned_by(self, name: str) -> Place | None:
        """Return what a function of the program gives back, by its last name."""
        return Place("returned", MODULE, name) if name in self._functions else None

    def given(self, call: ast.Call, name: str) -> Iterator[tuple[Place, ast.expr]]:
        """Yield the parameters of a function of the program with what a call gives them."""
        inner, parameters = self._functions.get(name, (MODULE, []))
        for parameter, value in zip(parameters, call.args, strict=False):
            yield Place("name", inner, parameter), value
        for keyword in call.keywords:
            if keyword.arg in parameters:
                yield Place("name", inner, str(keyword.arg)), keyword.value

    def written(self, target: ast.expr, scope: int) -> Iterator[Place]:
        """Yield what an assignment to `target` changes."""
        waiting: list[ast.expr] = [target]
        while waiting:
            match waiting.pop():
                case ast.Name(id=name):
                    yield self.place(name, scope)
                case ast.Attribute(attr=name):
                    yield Place("attribute", MODULE, name)
                case ast.Subscript(value=value) | ast.Starred(value=value):
                    waiting.append(value)
                case ast.Tuple(elts=elements) | ast.List(elts=elements):
                    waiting += elements

    def _walked(self, tree: ast.Module) -> Iterator[tuple[ast.AST, int]]:
        """Yield every node that does something, with its scope."""
        waiting = deque[tuple[ast.AST, int]]([(tree, MODULE)])
        while waiting:
            node, scope = waiting.popleft()
            kind = type(node)
            if kind in _TELLING:
                yield node, scope
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._bound[scope].add(node.id)
            inner = self._define(node, scope) if kind in _DEFINING else scope
            waiting.extend((child, inner) for child in children(node))

    def _define(self, node: ast.AST, scope: int) -> int:
        """Return the scope within a node, a new one for a function."""
        match node:
            case ast.FunctionDef(name=name, args=args) | ast.AsyncFunctionDef(name=name, args=args):
                return self._enter(name, args, scope)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=args)):
                return self._enter(name, args, scope)
        return scope

    def _enter(self, name: str, given: ast.arguments, scope: int) -> int:
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        self._outer.append(scope)
        self._names.append(name)
        self._bound.append(set(names))
        inner = len(self._outer) - 1
        self._functions[name] = (inner, [each for each in names if each not in _SELVES])
        return inner


def children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what lies right within a node, but for signs without content."""
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            yield from (each for each in value if isinstance(each, ast.AST))
        elif isinstance(value, (ast.expr, ast.stmt, ast.arguments)):
            yield value
