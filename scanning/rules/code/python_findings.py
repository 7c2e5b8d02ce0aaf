"""What a program in Python does that hardly an honest one does."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from scanning.rules.code import python_tables as tables
from scanning.rules.code.python_flow import Called, Flow
from scanning.rules.code.python_names import folded
from scanning.rules.code.python_parts import Kind

_NAMES_ITSELF = frozenset({"__file__", "sys.argv"})
_HOMES = frozenset({"os.path.expanduser", "Path.home", "pathlib.Path.home"})
# Seconds since 1970: later than this is a date, and no age.
_FIRST_MOMENT = 1_500_000_000
_GRAVE_NAMES = frozenset(
    {
        "exec",
        "eval",
        "compile",
        "system",
        "popen",
        "subprocess",
        "os",
        "socket",
        "marshal",
        "ctypes",
    }
)


class Act(StrEnum):
    """What is done."""

    RUNS_REVEALED = "runs a text that it decodes"
    RUNS_DECODED = "runs what it decodes"
    RUNS_FETCHED = "runs what it fetches"
    RUNS_FILE = "runs a file that it fetches"
    LOADS_FETCHED = "loads what it fetches as code"
    SENDS_ENVIRONMENT = "sends the environment"
    SENDS_CREDENTIALS = "sends a file of credentials"
    SENDS_BY_NAME = "asks for names that it makes of data"
    SENDS_HOME = "sends a whole folder of a person"
    HIDES_ADDRESS = "decodes an address"
    HIDES_NAME = "puts the name of a function together"
    WAITS_FOR_DATE = "waits for a date"
    REMOVES_ITSELF = "removes itself"
    REMOVES_HOME = "removes the home folder"
    HOOKS_SETUP = "runs when it is installed"


class Found(NamedTuple):
    """An act, the line of the program, and the function that is called."""

    act: Act
    line: int
    function: str


def of(flow: Flow) -> Iterator[Found]:
    """Yield everything, in no order."""
    for called in flow.calls:
        for act in _acts(called, flow):
            yield Found(act, called.node.lineno, called.name)
    yield from _waits(flow)


def _acts(called: Called, flow: Flow) -> Iterator[Act]:
    if called.name in tables.RUNNING_CODE:
        yield from _runs_code(called, flow)
    elif called.name in tables.RUNNING_COMMANDS:
        yield from _runs_commands(called, flow)
    elif called.name in tables.LOADING or _is_unsafe(called, flow):
        yield from _loads(called, flow, Kind.FETCHED)
    if called.name in tables.LOADING_FILES:
        yield from _loads(called, flow, Kind.FETCHED_FILE)
    if _is_sending(called):
        yield from _sends(called, flow)
    if called.name in tables.REMOVING or called.name.endswith(".unlink"):
        yield from _removes(called, flow)
    if _is_put_together(called, flow):
        yield Act.HIDES_NAME
    if called.name.rpartition(".")[2] == "setup":
        yield from _hooks(called, flow)


def _runs_code(called: Called, flow: Flow) -> Iterator[Act]:
    kinds = flow.kinds(called.node.args[:1], called.scope)
    yield from _runs(kinds)


def _loads(called: Called, flow: Flow, kind: Kind) -> Iterator[Act]:
    args = called.node.args
    is_address = bool(args) and (folded(args[0]) or "").startswith(("http://", "https://"))
    if kind in flow.kinds(args, called.scope) or (is_address and called.name in tables.READING):
        yield Act.LOADS_FETCHED


def _is_unsafe(called: Called, flow: Flow) -> bool:
    """Tell a loader that is dangerous only as it is called here."""
    if called.name in tables.WEIGHTS_LOADING:
        return not any(
            each.arg == "weights_only" and not _is_false(each.value)
            for each in called.node.keywords
        )
    if called.name in tables.ARRAY_LOADING:
        return any(each.arg == "allow_pickle" for each in called.node.keywords)
    if called.name not in tables.YAML_LOADING:
        return False
    given = [*called.node.args[1:], *(each.value for each in called.node.keywords)]
    names = {flow.names.dotted(each).rpartition(".")[2] for each in given}
    return not given or bool(names & tables.UNSAFE_LOADERS)


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _runs(kinds: set[Kind]) -> Iterator[Act]:
    if Kind.REVEALED in kinds:
        yield Act.RUNS_REVEALED
    elif Kind.FETCHED in kinds:
        yield Act.RUNS_FETCHED
    elif Kind.DECODED in kinds:
        yield Act.RUNS_DECODED


def _runs_commands(called: Called, flow: Flow) -> Iterator[Act]:
    args = called.node.args
    yield from _runs(
        {
            mark.kind
            for each in _commands(args)
            for mark in flow.marks(each, called.scope)
            if mark.is_whole
        }
    )
    kinds = flow.kinds(args, called.scope)
    is_interpreted = _names_program(args, tables.SHELLS)
    if Kind.FETCHED_FILE in kinds:
        yield Act.LOADS_FETCHED if is_interpreted else Act.RUNS_FILE
    typed = [each.value for each in called.node.keywords if each.arg in ("input", "stdin")]
    if is_interpreted and Kind.FETCHED in flow.kinds(typed, called.scope):
        yield Act.RUNS_FETCHED
    if _names_program(args, tables.SENDING_PROGRAMS):
        yield from _sent(kinds)


def _commands(args: list[ast.expr]) -> list[ast.expr]:
    """Return the expressions that a shell, or Python, is given to run."""
    if len(args) > 1 and folded(args[0]):
        return args[1:]
    if len(args) == 1 and isinstance(args[0], (ast.List, ast.Tuple)):
        parts = args[0].elts
        is_shell = bool(parts) and _program(parts[0]) in tables.SHELLS
        return parts[1:] if is_shell else []
    return args[:1]


def _names_program(args: list[ast.expr], programs: frozenset[str]) -> bool:
    parts = args[0].elts if args and isinstance(args[0], (ast.List, ast.Tuple)) else args[:1]
    return bool(parts) and _program(parts[0]) in programs


def _program(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr == "executable":
        return "python"
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    words = (folded(node) or "").split()
    return words[0].rpartition("/")[2] if words else ""


def _is_sending(called: Called) -> bool:
    if called.name in tables.SENDING:
        return True
    return called.name.rpartition(".")[2] in tables.SENDING_METHODS and "." in called.name


def _sends(called: Called, flow: Flow) -> Iterator[Act]:
    keywords = called.node.keywords
    given = [each.value for each in keywords if each.arg not in tables.IDENTIFYING]
    kinds = flow.kinds([*called.node.args, *given], called.scope)
    yield from _sent(kinds)
    if Kind.ENCODED in kinds and called.name in tables.ASKING_NAMES:
        yield Act.SENDS_BY_NAME
    if called.node.args and Kind.REVEALED in flow.kinds(called.node.args[:1], called.scope):
        yield Act.HIDES_ADDRESS


def _sent(kinds: set[Kind]) -> Iterator[Act]:
    if Kind.ENVIRONMENT in kinds:
        yield Act.SENDS_ENVIRONMENT
    if Kind.CREDENTIALS in kinds or Kind.SETTINGS in kinds:
        yield Act.SENDS_CREDENTIALS
    if Kind.PACKED in kinds and Kind.HOME in kinds:
        yield Act.SENDS_HOME


def _removes(called: Called, flow: Flow) -> Iterator[Act]:
    function = called.node.func
    targets = called.node.args[:1]
    if isinstance(function, ast.Attribute) and function.attr == "unlink" and not targets:
        targets = [function.value]
    for target in targets:
        named = {flow.names.dotted(node) for node in ast.walk(target)}
        if named & _NAMES_ITSELF:
            yield Act.REMOVES_ITSELF
        elif called.name == "shutil.rmtree" and _is_home(target, flow):
            yield Act.REMOVES_HOME


def _is_home(target: ast.expr, flow: Flow) -> bool:
    if not isinstance(target, ast.Call) or flow.names.dotted(target.func) not in _HOMES:
        return False
    return not target.args or folded(target.args[0]) in ("~", "~/", "/")


def _is_put_together(called: Called, flow: Flow) -> bool:
    """Tell whether a function's name was hidden from who reads the program."""
    name = flow.names.dotted(called.node)
    is_importer = called.name in ("__import__", "importlib.import_module", "getattr")
    if not is_importer or name.rpartition(".")[2] not in _GRAVE_NAMES:
        return False
    written = called.node.args[1 if called.name == "getattr" else 0]
    return not isinstance(written, ast.Constant)


def _hooks(called: Called, flow: Flow) -> Iterator[Act]:
    has_commands = any(each.arg == "cmdclass" for each in called.node.keywords)
    grave = tables.RUNNING_CODE | tables.RUNNING_COMMANDS | tables.FETCHING
    if has_commands and any(each.name in grave for each in flow.calls):
        yield Act.HOOKS_SETUP


def _waits(flow: Flow) -> Iterator[Found]:
    """Find a condition on a date of which something grave hangs."""
    for node in flow.nodes:
        if isinstance(node, ast.If) and _asks_for_date(node.test, flow):
            grave = (tables.RUNNING_CODE | tables.RUNNING_COMMANDS | tables.REMOVING) - {"?.unlink"}
            for inner in (each for statement in node.body for each in ast.walk(statement)):
                name = flow.names.dotted(inner.func) if isinstance(inner, ast.Call) else ""
                if name in grave:
                    yield Found(Act.WAITS_FOR_DATE, node.lineno, name)
                    break


def _asks_for_date(test: ast.expr, flow: Flow) -> bool:
    nodes = list(ast.walk(test))
    called = [node for node in nodes if isinstance(node, ast.Call)]
    names = {flow.names.dotted(node.func) for node in called}
    is_moment = any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and node.value > _FIRST_MOMENT
        for node in nodes
    )
    is_date = any(
        flow.names.dotted(node.func) in tables.DATES and all(map(_is_constant, node.args))
        for node in called
    )
    return bool(names & tables.CLOCKS) and (is_moment or is_date)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)
