"""What functions a program calls, by their dotted names, however it got hold of them."""

import ast
import base64
import binascii
import codecs
from collections.abc import Iterable, Iterator

from scanning.rules.code.python_tables import CLIENTS

_BUILTINS = ("builtins.", "__builtins__.", "__builtin__.")
_WORTH_ANOTHER_NAME = frozenset({"exec", "eval", "compile", "getattr", "__import__"})
_TABLES = frozenset({"globals", "locals", "vars"})
_IMPORTERS = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})
# Of expressions within expressions; what people write is a few deep.
_DEEPEST = 60
_LONGEST_TEXT = 4_000
_LAST_CHARACTER = 0x10FFFF


class Names:
    """The names of one program."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        """Learn what imports and plain assignments call things."""
        self._known: dict[str, str] = {}
        for node in nodes:
            for name, meant in self._introduced(node):
                self._known[name] = meant

    def dotted(self, node: ast.AST, depth: int = 0) -> str:
        """Return what an expression names, such as `os.system`.

        A method of something unknown is `?.post`; what names nothing is "".
        """
        if depth > _DEEPEST:
            return ""
        found = self._of_name(node, depth + 1)
        for prefix in _BUILTINS:
            found = found.removeprefix(prefix)
        return found

    def _introduced(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        match node:
            case ast.Import():
                yield from ((each.asname, each.name) for each in node.names if each.asname)
            case ast.ImportFrom(module=str() as module, level=0):
                for each in node.names:
                    yield each.asname or each.name, f"{module}.{each.name}"
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.withitem(context_expr=value, optional_vars=ast.Name(id=name))
            ):
                meant = self._meant(value)
                if meant not in ("", name):
                    yield name, meant

    def _meant(self, value: ast.expr) -> str:
        """Return what a name stands for from now on, as in `run = os.system`."""
        if isinstance(value, ast.Call) and (client := CLIENTS.get(self.dotted(value.func))):
            return client
        if isinstance(value, ast.Name) and value.id not in _WORTH_ANOTHER_NAME:
            return ""
        meant = self.dotted(value)
        return "" if "?" in meant else meant

    def _of_name(self, node: ast.AST, depth: int) -> str:
        match node:
            case ast.Name(id=name):
                return self._known.get(name, name)
            case ast.Attribute(value=value, attr=attr):
                return f"{self.dotted(value, depth) or '?'}.{attr}".replace(".__dict__", "")
            case ast.Call(func=function, args=[first, *_]):
                return self._of_call(node, self.dotted(function, depth), first, depth)
            case ast.Subscript(value=value, slice=key):
                return self._of_key(value, folded(key), depth)
        return ""

    def _of_call(self, call: ast.Call, function: str, first: ast.expr, depth: int) -> str:
        if function in _IMPORTERS:
            return folded(first) or ""
        if function == "getattr" and len(call.args) > 1:
            name = folded(call.args[1])
            return f"{self.dotted(first, depth) or '?'}.{name}" if name else ""
        if function == "vars":
            return self.dotted(first, depth)
        return CLIENTS.get(function, "")

    def _of_key(self, value: ast.expr, key: str | None, depth: int) -> str:
        """Read `globals()["eval"]` and its likes."""
        if key is None:
            return ""
        if isinstance(value, ast.Call) and self.dotted(value.func, depth) in _TABLES:
            return self._known.get(key, key)
        base = self.dotted(value, depth)
        if base == "sys.modules":
            return key
        is_table = isinstance(value, ast.Attribute) and value.attr == "__dict__"
        return f"{base}.{key}" if is_table or base == "__builtins__" else ""


def folded(node: ast.AST, depth: int = 0) -> str | None:
    """Return the text that an expression always is, however it is put together."""
    if depth > _DEEPEST:
        return None
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Constant(value=bytes() as data):
            return data.decode(errors="replace")
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([left, right], "", depth)
        case ast.JoinedStr(values=values):
            return _joined(values, "", depth)
        case ast.FormattedValue(value=value):
            return folded(value, depth + 1)
        case ast.Subscript(value=value, slice=ast.Slice(step=ast.UnaryOp(op=ast.USub()))):
            whole = folded(value, depth + 1)
            return None if whole is None else whole[::-1]
        case ast.Call():
            return _called(node, depth)
    return None


def _joined(parts: Iterable[ast.expr], between: str, depth: int) -> str | None:
    texts = [folded(part, depth + 1) for part in parts]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts) or sum(map(len, known)) > _LONGEST_TEXT:
        return None
    return between.join(known)


def _called(call: ast.Call, depth: int) -> str | None:
    match call:
        case ast.Call(func=ast.Name(id="chr"), args=[ast.Constant(value=int() as code)]):
            return chr(code) if 0 <= code <= _LAST_CHARACTER else None
        case ast.Call(
            func=ast.Attribute(value=between, attr="join"),
            args=[ast.List(elts=parts) | ast.Tuple(elts=parts)],
        ):
            glue = folded(between, depth + 1)
            return None if glue is None else _joined(parts, glue, depth)
        case ast.Call(func=ast.Attribute(value=value, attr="decode" | "encode" | "strip")):
            return folded(value, depth + 1)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[first, *_]):
            text = folded(first, depth + 1) if name in _DECODERS else None
            return None if text is None else _decoded(name, text)
    return None


_DECODERS = {
    "b64decode": lambda text: base64.b64decode(text).decode(),
    "urlsafe_b64decode": lambda text: base64.urlsafe_b64decode(text).decode(),
    "unhexlify": lambda text: binascii.unhexlify(text).decode(),
    "fromhex": lambda text: bytes.fromhex(text).decode(),
    "rot13": lambda text: codecs.decode(text, "rot13"),
}


def _decoded(name: str, text: str) -> str | None:
    try:
        return _DECODERS[name](text)
    except (ValueError, binascii.Error):
        return None
